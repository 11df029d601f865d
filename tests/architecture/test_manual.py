"""The manual: nothing in it is stale, every link leads somewhere, every example runs."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Any

import pytest

from planhat_tui.commands import grammar, line
from planhat_tui.commands.context import Door, Selection
from planhat_tui.commands.registry import commands
from planhat_tui.config.loading import parse_config
from planhat_tui.model.records import Kind
from tests import reference, site
from tests.examples import Reader, blocks, examples, fits, lines
from tests.shell import copy_home

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
NAMES = [str(page.relative_to(DOCS)) for page in PAGES]
RUN = [page for page in [*PAGES, ROOT / "README.md"] if examples(page)]
FROM_NOTHING = {"README.md", "first-five-minutes.md"}
"""What a newcomer reads, whose home is empty; elsewhere the practice data is here already."""


def test_nothing_that_is_made_from_the_code_is_stale() -> None:
    assert [str(path.relative_to(ROOT)) for path in reference.stale()] == [], "run: ./dev docs"


def test_every_verb_is_documented() -> None:
    told = (DOCS / "reference" / "commands.md").read_text()
    manual = (ROOT / "share" / "man" / "man1" / "planhat-tui.1").read_text()
    for command in commands():
        title = f"### {command.name}" if command.noun else f"## {command.name}"
        assert f"\n{title}\n" in told, command.name
        assert f".B {command.name}".replace("-", "\\-") in manual, command.name


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_its_links_lead_to_pages_and_headings_that_are_there(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith("https://"):
            continue
        name, _, heading = target.partition("#")
        other = (page.parent / name).resolve() if name else page
        assert other.exists(), target
        if heading:
            titles = re.findall(r"^#+ (.*)$", other.read_text(), re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
            assert heading in slugs, target


def test_the_first_page_leads_to_every_other() -> None:
    linked = set(re.findall(r"\]\(([\w./-]+\.md)\)", (DOCS / "README.md").read_text()))
    assert linked == set(NAMES) - {"README.md"}


@pytest.mark.timeout(600)  # a page has up to twenty programs to start
@pytest.mark.parametrize("page", RUN, ids=[page.stem for page in RUN])
def test_its_examples_do_and_say_what_the_page_shows(
    page: Path, template: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    if page.name not in FROM_NOTHING:
        copy_home(template, home)
    with contextlib.ExitStack() as told:
        reader = Reader(home, tmp_path / "folder", told)
        found = examples(page)
        if any("https://" in example.text for example in found):
            reader.have_planhat()
        for example in found:
            reader.type(example)


def test_a_transcript_that_isnt_what_is_seen_is_found() -> None:
    assert fits(("one", "...", "t...e"), "one\nmore\nand more\nthree\n")
    assert fits(("...", "two  "), "two\n")
    assert fits((), "")
    for shown in (("one",), ("one", "two", "three"), ("one", "Two"), ("...", "tw"), ()):
        assert not fits(shown, "one\ntwo\n"), shown


def test_the_site_has_every_page_in_its_nav_and_loads_nothing_from_elsewhere() -> None:
    project = tomllib.loads((ROOT / "zensical.toml").read_text())["project"]
    assert sorted(_leaves(project["nav"])) == sorted(NAMES)
    assert project["theme"]["font"] is False


def test_a_site_that_isnt_whole_is_found(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text('<a href="a.html#x">a</a> <a href="gone.html">b</a>')
    (tmp_path / "a.html").write_text('<script src="https://elsewhere.example/x.js"></script>')
    (tmp_path / "alone.html").write_text('<a href="https://elsewhere.example">out</a>')
    assert site.problems(tmp_path, {"index.html", "a.html", "alone.html", "none.html"}) == [
        "none.html isn't there",
        "index.html leads to gone.html, which isn't there",
        "a.html loads https://elsewhere.example/x.js",
        "alone.html is reached from no other",
        "none.html is reached from no other",
    ]
    assert site.problems(tmp_path, set()) != []
    (tmp_path / "index.html").write_text('<a href="alone.html">a</a>')
    assert site.problems(tmp_path, {"index.html", "alone.html"}) == []


def _leaves(nav: list[Any] | str) -> Iterator[str]:
    for entry in nav if isinstance(nav, list) else []:
        for under in entry.values():
            yield from [under] if isinstance(under, str) else _leaves(under)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_its_lines_after_the_colon_can_be_read(page: Path) -> None:
    selection = Selection(Kind.COMPANY, ("c1",))
    for text in lines(page, "colon"):
        for typed in line.read(text, selection):
            grammar.parsed(typed.command, typed.words, Door.LINE)


def test_every_block_is_of_a_kind_that_is_looked_at_or_says_why_not() -> None:
    for page in PAGES:
        if page.name != "ARCHITECTURE.md":
            for info, _ in blocks(page):
                assert info in {"sh", "console", "colon", "text", "yaml"}, (page.name, info)


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=["README.md", *NAMES])
def test_its_examples_of_a_config_have_no_mistake(page: Path, tmp_path: Path) -> None:
    """A whole config, or the settings of a profile."""
    for info, block in blocks(page):
        if info == "yaml":
            of_a_profile = indent(
                f"base_url: https://api.planhat.com\ntoken: {{env: T}}\n{block}", "    "
            )
            whole = block if "profiles:" in block else f"profiles:\n  acme:\n{of_a_profile}"
            assert parse_config(whole, tmp_path / "config.yaml").problems == ()


@pytest.mark.skipif(shutil.which("groff") is None, reason="there is no groff here")
def test_the_man_page_renders_without_a_warning() -> None:
    page = ROOT / "share" / "man" / "man1" / "planhat-tui.1"
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-rLL=78n", str(page)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    plain = re.sub(r"\x1b\[[\d;]*m|.\x08", "", done.stdout)
    for word in ("NAME", "company find", "EXIT STATUS", "--profile", "PLANHAT_TUI_HOME"):
        assert word in plain

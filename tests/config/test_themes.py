from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.config import theme_files
from planhat_tui.config.theme_files import read_theme
from planhat_tui.config.themes import (
    COLOURS,
    GROUNDS,
    LEAST_CONTRAST,
    TEXTS,
    Theme,
    contrast,
    faint,
    load_kept_themes,
    load_themes,
    themes_folder,
    unmeasured,
)

if TYPE_CHECKING:
    from pathlib import Path

    from planhat_tui.errors import ConfigError

SHIPPED = sorted(themes_folder().glob("*.yaml"))
DARK = (themes_folder() / "planhat-dark.yaml").read_text(encoding="utf-8")
HEX = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.fixture
def user(tmp_path: Path) -> Path:
    folder = tmp_path / "themes"
    folder.mkdir()
    return folder


def _theme(**changes: str) -> str:
    """A whole theme, black on white, with some colours of its own."""
    colours = {name: "#ffffff" if name in GROUNDS else "#000000" for name in COLOURS} | changes
    lines = "".join(f'  {name}: "{value}"\n' for name, value in colours.items())
    return f"name: mine\ndark: false\ncolors:\n{lines}"


def _read(path: Path) -> Theme:
    theme, mistakes = read_theme(path)
    assert theme is not None, mistakes
    return theme


def _mistake(path: Path) -> ConfigError:
    theme, (mistake,) = read_theme(path)
    assert theme is None
    return mistake


def _line(text: str, beginning: str) -> int:
    return next(
        n for n, row in enumerate(text.splitlines(), 1) if row.strip().startswith(beginning)
    )


def _save(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_themes_lie_beside_the_package_or_in_it() -> None:
    assert themes_folder().is_dir()
    assert {path.stem for path in SHIPPED} >= {
        "planhat-dark",
        "planhat-light",
        "high-contrast",
        "colour-blind",
        "terminal",
    }


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_theme_is_whole_and_can_be_read_by_people(path: Path) -> None:
    theme = _read(path)
    assert theme.name == path.stem
    assert set(theme.colors) == set(COLOURS)
    assert faint(theme) == ()
    assert theme.path == path


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_dark_theme_is_dark_and_a_light_one_light(path: Path) -> None:
    theme = _read(path)
    if not unmeasured(theme):
        ground, black, white = theme.colors["background"], "#000000", "#ffffff"
        assert theme.dark == (contrast(ground, white) > contrast(ground, black))


def test_only_the_terminals_themes_keep_to_the_terminals_colours() -> None:
    found = sorted(path.stem for path in SHIPPED if unmeasured(_read(path)))
    assert found == ["terminal", "terminal-light"]


XTERM: Final = {
    "red": "#cd0000", "blue": "#0000ee", "magenta": "#cd00cd", "white": "#e5e5e5",
    "bright_black": "#7f7f7f", "bright_red": "#ff0000", "bright_yellow": "#ffff00",
    "bright_blue": "#5c5cff", "bright_magenta": "#ff00ff", "bright_cyan": "#00ffff",
}  # fmt: skip
"""What xterm makes of those of its colours that our themes take."""


@pytest.mark.parametrize(
    ("name", "ground", "text"),
    [("terminal", "#000000", "#e5e5e5"), ("terminal-light", "#ffffff", "#000000")],
)
def test_the_terminals_own_colours_are_chosen_for_its_ground(
    name: str, ground: str, text: str
) -> None:
    theme = _read(next(path for path in SHIPPED if path.stem == name))
    drawn = XTERM | {"default": text}
    for role in TEXTS:
        colour = drawn[theme.colors[role].removeprefix("ansi_")]
        assert contrast(colour, ground) >= 4, role


def test_high_contrast_has_more_of_it_than_the_others() -> None:
    faintest = {
        theme.name: min(contrast(theme.colors[a], theme.colors[b]) for a in TEXTS for b in GROUNDS)
        for theme in map(_read, SHIPPED)
        if not unmeasured(theme)
    }
    assert max(faintest, key=lambda name: faintest[name]) == "high-contrast"


def test_a_persons_theme_stands_beside_the_shipped_ones(user: Path) -> None:
    path = _save(user, _theme(accent="#0000aa"))
    themes, problems = load_themes(user)
    assert problems == ()
    assert set(themes) == {"mine", *(path.stem for path in SHIPPED)}
    assert themes["mine"].colors["accent"] == "#0000aa"
    assert themes["mine"].path == path
    assert not themes["mine"].dark
    assert (themes["mine"].glyphs, themes["mine"].borders) == ("auto", "line")


def test_a_persons_theme_of_the_same_name_is_taken_over_the_shipped_one(user: Path) -> None:
    path = _save(user, _theme().replace("name: mine", "name: fjord"))
    themes, _ = load_themes(user)
    assert themes["fjord"].path == path
    assert len(themes) == len(SHIPPED)


def test_without_a_folder_of_ones_own_there_are_the_shipped_ones(tmp_path: Path) -> None:
    themes, problems = load_themes(tmp_path / "none")
    assert set(themes) == {path.stem for path in SHIPPED}
    assert problems == ()


def test_a_theme_with_a_mistake_leaves_the_others(user: Path) -> None:
    bad = _save(user, "name: bad\ndark: true\n", "bad.yaml")
    _save(user, _theme())
    _save(user, "not a theme", "notes.txt")
    themes, problems = load_themes(user)
    assert "mine" in themes
    assert "bad" not in themes
    assert [problem.path for problem in problems] == [bad]


@pytest.mark.parametrize(("word", "glyphs"), [("unicode", "unicode"), ("ascii", "ascii")])
def test_glyphs_and_borders_can_be_chosen(user: Path, word: str, glyphs: str) -> None:
    theme = _read(_save(user, f"{_theme()}glyphs: {word}\nborders: none\n"))
    assert (theme.glyphs, theme.borders) == (glyphs, "none")


@pytest.mark.parametrize(
    ("old", "new", "place", "message", "advice"),
    [
        ("dark: true", "dark: yes", "dark:7", "dark must be true or false", ""),
        ("dark: true", "drak: true", "drak:1", "no key drak", "Did you mean dark?"),
        ("dark: true\n", "", "name:1", "A theme has no dark.", "planhat-dark.yaml"),
        ("  accent:", "  acent:", "acent:3", "no key acent", "Did you mean accent?"),
        ("  accent:", "  accent: red #", "accent:11", "accent must be a colour", "ansi_blue"),
        ("  accent:", "  accent: '#ff' #", "accent:11", "accent must be a colour", "#5bb8cf"),
        ("  accent:", "  accent: ansi_pink #", "accent:11", "accent must be", "ansi_blue"),
        ("  accent:", "  accent: #", "accent:10", "accent must be a colour in quotes", ""),
        ("  accent:", "  # accent:", "background:3", "colors has no accent", ""),
        ("glyphs:", "glyphs: emoji #", "glyphs:9", "glyphs must be unicode or ascii", ""),
        ("borders:", "borders: round #", "borders:10", "borders must be line or none", ""),
        ("name:", "name: [a] #", "name:7", "name must be text", ""),
    ],
)
def test_a_mistake_in_a_theme_has_file_line_and_key(
    user: Path, old: str, new: str, place: str, *, message: str, advice: str
) -> None:
    text = DARK.replace(old, new, 1)
    path = _save(user, text)
    key, column = place.split(":")
    mistake = _mistake(path)
    assert (mistake.path, mistake.line, mistake.column) == (path, _line(text, key), int(column))
    assert message in mistake.message
    assert advice in mistake.advice


@pytest.mark.parametrize("colours", ["colors: dark", "colors: [a]", "colors:"])
def test_colours_must_be_a_mapping(user: Path, colours: str) -> None:
    path = _save(user, f"name: mine\ndark: true\n{colours}\n")
    mistake = _mistake(path)
    assert "colors must be a mapping" in mistake.message
    assert mistake.line == 3


def test_a_colour_that_stands_twice_is_refused(user: Path) -> None:
    text = f'{_theme()}  accent: "#000000"\n'
    mistake = _mistake(_save(user, text))
    assert "accent stands here twice" in mistake.message
    assert mistake.line == len(text.splitlines())


def test_all_mistakes_of_a_theme_are_told_in_the_order_of_its_lines(user: Path) -> None:
    text = DARK.replace("dark: true", "dark: maybe").replace("  accent:", "  acent:")
    text = text.replace("  muted:", "  # muted:").replace("borders: line", "border: line")
    text += "glyphs: ascii\n"
    path = _save(user, text)
    theme, mistakes = read_theme(path)
    assert theme is None
    assert [(mistake.line, mistake.message) for mistake in mistakes] == [
        (_line(text, "dark:"), "dark must be true or false."),
        (_line(text, "background:"), "colors has no muted."),
        (_line(text, "acent:"), "colors has no key acent."),
        (_line(text, "border:"), "A theme has no key border."),
        (
            len(text.splitlines()),
            f"The key glyphs stands here twice; the first is on line {_line(text, 'glyphs:')}.",
        ),
    ]
    assert all(mistake.path == path for mistake in mistakes)
    assert [str(one) for one in load_themes(user)[1]] == [str(one) for one in mistakes]


def test_all_that_is_missing_is_told_at_once(user: Path) -> None:
    assert _mistake(_save(user, "")).message == "A theme has no name, dark, colors."
    _, (mistake,) = read_theme(
        _save(user, _theme().replace("  muted", "# ").replace("  error", "# "))
    )
    assert mistake.message == "colors has no muted, error."


def test_a_file_that_isnt_text_is_a_mistake_with_its_path(user: Path) -> None:
    path = _save(user, "")
    path.write_bytes(b"\xff\xfe\x00")
    _, (problem,) = load_themes(user)
    assert problem.path == path


def test_a_colour_too_faint_on_a_ground_is_told_of(user: Path) -> None:
    theme = _read(_save(user, _theme(muted="#777777", selection="#111111")))
    told = {(one.text, one.ground): one for one in faint(theme)}
    assert int(told["muted", "background"].measured * 100) == 447
    assert int(told["muted", "surface"].measured * 100) == 447
    assert int(told["foreground", "selection"].measured * 100) == 111
    assert {text for text, ground in told if ground != "selection"} == {"muted"}
    written = theme.path.read_text().splitlines()
    assert all(one.text in written[one.line - 1] for one in told.values())


def test_the_terminals_own_colours_cant_be_measured_and_all_others_are(user: Path) -> None:
    theme = _read(_save(user, _theme(error="ansi_bright_red", muted="#777777")))
    assert unmeasured(theme) == len(GROUNDS)
    assert {one.text for one in faint(theme)} == {"muted"}
    theme = _read(_save(user, _theme(background="ansi_default", muted="#777777")))
    assert unmeasured(theme) == len(TEXTS)
    assert {(one.text, one.ground) for one in faint(theme)} >= {("muted", "surface")}
    assert all(one.ground != "background" for one in faint(theme))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#123456", "#123456", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#FFFFFF", 4.0),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_what_wcag_says(a: str, b: str, expected: float) -> None:
    assert contrast(a, b) == pytest.approx(expected, abs=0.005)


@given(HEX, HEX)
def test_contrast_is_the_same_both_ways_and_lies_between_1_and_21(a: str, b: str) -> None:
    assert contrast(a, b) == contrast(b, a)
    assert 1 <= contrast(a, b) <= 21 + 1e-9
    assert contrast(a, a) == 1


@given(HEX, HEX)
def test_a_colour_is_readable_on_black_or_on_white(a: str, b: str) -> None:
    assert max(contrast(a, "#000000"), contrast(a, "#ffffff")) >= LEAST_CONTRAST
    assert contrast(a, b) <= max(
        contrast(a, "#000000"), contrast(a, "#ffffff"), contrast(b, "#000000"), 21
    )


def _kept_themes(
    user: Path, cache: Path, *, rested: float = 60.0
) -> tuple[dict[str, Theme], tuple[ConfigError, ...]]:
    return load_kept_themes(user, cache, lambda: time.time() + rested)


def test_themes_are_read_again_only_when_a_file_is_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, cache = tmp_path / "themes", tmp_path / "cache"
    user.mkdir()
    text = (themes_folder() / "planhat-dark.yaml").read_text().replace("planhat-dark", "mine")
    (user / "mine.yaml").write_text(text)
    assert _kept_themes(user, cache) == load_themes(user)
    read: list[Path] = []

    def noted(path: Path) -> tuple[Theme | None, tuple[ConfigError, ...]]:
        read.append(path)
        return read_theme(path)

    monkeypatch.setattr(theme_files, "read_theme", noted)
    assert _kept_themes(user, cache) == load_themes(user)
    assert len(read) == len(load_themes(user)[0])  # for the comparison alone
    read.clear()
    (user / "mine.yaml").write_text(text.replace("dark: true", "dark: false"))
    themes, mistakes = _kept_themes(user, cache)
    assert (themes["mine"].dark, mistakes) == (False, ())
    assert read


def test_themes_with_mistakes_or_just_saved_are_not_kept(tmp_path: Path) -> None:
    user, cache = tmp_path / "themes", tmp_path / "cache"
    user.mkdir()
    _kept_themes(user, cache, rested=-1e9)
    assert not cache.exists()
    (user / "bad.yaml").write_text("name: bad")
    for _ in range(2):
        assert [mistake.path.stem for mistake in _kept_themes(user, cache)[1]] == ["bad"]
    assert not cache.exists()


def test_a_cache_that_holds_something_else_is_not_believed(tmp_path: Path) -> None:
    user, cache = tmp_path / "themes", tmp_path / "cache"
    themes, _ = _kept_themes(user, cache)
    kept = cache / "themes.json"
    known = json.loads(kept.read_text())
    for wrong in ([{"name": "x"}], {"a": 1}, 7, [["name"]]):
        kept.write_text(json.dumps({**known, "kept": wrong}))
        assert _kept_themes(user, cache)[0] == themes

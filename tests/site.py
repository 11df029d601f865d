"""Make the manual's site again, and hold it to what it promises: ``./dev site`` runs this.

Zensical stops at a broken link or heading. What it doesn't look at is looked at here: every page of
``docs/`` is there and reached from the first one, every link in what was made leads to a file, and
nothing is loaded from another host, so that the site works from a disk without a network.
"""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
SITE = ROOT / "site"
_LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
"""What a browser fetches by itself, and where the tag says from where."""


class _Links(HTMLParser):
    """What a page leads to, and what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.leads: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.leads.append(given["href"] or "")
        loaded = given.get(_LOADED.get(tag, ""))
        if loaded:
            self.loads.append(loaded)


def problems(site: Path, pages: set[str]) -> list[str]:
    """Return what is wrong with a site that should hold these pages, such as ``find.html``."""
    found = [f"{page} isn't there" for page in sorted(pages) if not (site / page).is_file()]
    reached: set[Path] = {site / "index.html"}
    waiting = [*reached]
    while waiting:
        page = waiting.pop()
        links = _Links()
        links.feed(page.read_text())
        name = page.relative_to(site)
        found += [f"{name} loads {target}" for target in links.loads if urlsplit(target).netloc]
        for target in links.leads + links.loads:
            other = _file(page, target)
            if other is None:
                continue
            if not other.is_file():
                found.append(f"{name} leads to {target}, which isn't there")
            elif other.suffix == ".html" and other not in reached:
                reached.add(other)
                waiting.append(other)
    missed = pages - {str(page.relative_to(site)) for page in reached}
    return found + [f"{page} is reached from no other" for page in sorted(missed)]


def _file(page: Path, target: str) -> Path | None:
    """Return the file that a link leads to; ``None`` for one out of the site, or in the page."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not parts.path:
        return None
    return (page.parent / unquote(parts.path)).resolve()


def pages_of(docs: Path) -> set[str]:
    """Return the pages that a folder of texts makes."""
    names = {str(page.relative_to(docs).with_suffix(".html")) for page in docs.rglob("*.md")}
    return names - {"README.html"} | {"index.html"}


def main() -> int:
    """Make the site; tell what is wrong with it."""
    program = Path(sys.executable).with_name("zensical")
    done = subprocess.run([program, "build", "--clean", "--strict"], cwd=ROOT, check=False)
    wrong = ["the generator found something"] if done.returncode else []
    wrong += problems(SITE, pages_of(DOCS))
    for one in wrong:
        sys.stderr.write(f"{one}\n")
    if not wrong:
        sys.stdout.write(f"{SITE / 'index.html'}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

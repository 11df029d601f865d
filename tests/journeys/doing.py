"""Jobs that many journeys have to do on their way, with the keys that a person would press."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Person


async def tag(person: Person, text: str) -> None:
    """Tag what has the cursor."""
    await person.press("t")
    await person.type(text)
    await person.press("ctrl+s")


async def set_field(person: Person, name: str, text: str) -> None:
    """Set a field of the company under the cursor, by a piece of its name."""
    await person.press("e")
    await person.type(name)
    await person.press("enter", "ctrl+u")
    await person.type(text)
    await person.press("enter")


async def run_line(person: Person, text: str) -> None:
    """Run a ``:`` line."""
    await person.press("colon")
    await person.type(text)
    await person.press("enter")


async def fill(person: Person, **texts: str) -> None:
    """Go to each field of the form on screen and type its text over what is there."""
    for name, text in texts.items():
        person.app.screen.query_one(f"#line-{name}").focus()
        await person.press("end", "ctrl+u")
        await person.type(text)

"""The help of a screen: the keys of what has the focus, and doing the one that is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.tui.part import Part

if TYPE_CHECKING:
    from planhat_tui.config.keys import Key


class Helping(Part):
    """A screen whose keys are shown by the one of help."""

    @property
    def parts(self) -> list[Part]:
        """What has keys now, from the focused widget outwards."""
        focused = self.screen.focused
        chain = focused.ancestors_with_self if focused is not None else [self.screen]
        return [one for one in chain if isinstance(one, Part) and one.PLACES]

    def do_help(self) -> None:
        """Show the keys of what has the focus."""
        from planhat_tui.tui.screens.help import Help

        changed = self.planhat.changed_keys
        places = [place for part in self.parts for place in part.PLACES]
        self.app.push_screen(Help(places, changed), self._helped)

    def _helped(self, key: Key | None) -> None:
        if key is not None:
            self.use(key)

    def use(self, key: Key) -> None:
        """Do what a key of the help does, where it can be done from here."""
        part = next((one for one in self.parts if key.where in one.PLACES), None)
        if part is None:
            self.say(f"{key.words} is a key of {key.where}: it works there")
        else:
            part.action_do(key.name)

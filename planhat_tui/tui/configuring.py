"""What the config says anew while the explorer runs: keys, theme, profiles, views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.tui.presentation.config_words import changed, mistaken

if TYPE_CHECKING:
    from planhat_tui.config.watching import Reread
    from planhat_tui.tui.app import PlanhatApp


class Configuring:
    """Takes up what somebody writes into the config; views are read where they are shown."""

    def __init__(self, app: PlanhatApp) -> None:
        self._app = app

    def look(self) -> None:
        """Look at the file, off the screen's thread."""
        explorer = self._app.explorer
        explorer.ask("config", self._app.session.runtime.reread, self._read)

    def _read(self, reread: Reread | None) -> None:
        if reread is None:
            return
        explorer = self._app.explorer
        if reread.problems:
            explorer.say(mistaken(reread.problems), bad=True)
            return
        later = self._profiles(reread)
        self._keys(reread)
        self._theme(reread)
        explorer.say(changed(reread, later, self._app.theme_name))

    def _profiles(self, reread: Reread) -> tuple[str, ...]:
        """Let open profiles go by what is said of them; return those that must be opened anew."""
        workspaces, later = self._app.session.workspaces, []
        for name, profile in reread.now.profiles.items():
            if (
                profile != reread.before.profiles.get(name)
                and workspaces.is_open(name)
                and not workspaces.get(name).go_by(profile)
            ):
                later.append(name)
        self._app.explorer.draw_profile()
        self._app.look(self._app.theme_name)
        return tuple(later)

    def _keys(self, reread: Reread) -> None:
        keys = reread.now.settings.keys
        if keys != reread.before.settings.keys:
            self._app.take_keys(keys)

    def _theme(self, reread: Reread) -> None:
        """Use another theme if the file names one, unless one was chosen in this run."""
        before, wanted = reread.before.settings.theme, reread.now.settings.theme
        if before != wanted in self._app.session.themes and self._app.theme_name == before:
            self._app.look(wanted)

"""What the config says anew while the explorer runs: keys, theme, profiles, views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.tui.presentation.cells import literal
from planhat_tui.tui.presentation.config_words import changed, mistaken
from planhat_tui.tui.screens.sheet import Sheet

if TYPE_CHECKING:
    from planhat_tui.config.profiles import Config
    from planhat_tui.config.watching import Reread
    from planhat_tui.tui.app import PlanhatApp


class Configuring:
    """Takes up what is written into the config; views are read where they are shown."""

    def __init__(self, app: PlanhatApp) -> None:
        self._app = app
        self._held = app.session.runtime.config

    def reload(self) -> None:
        """Read the file after an edit from inside, and go by it at once; from any thread.

        Who edits says what was done. One with mistakes changes nothing on the screen.
        """
        runtime = self._app.session.runtime
        runtime.reload()
        if not runtime.config.problems:
            self._app.call_later(self._take_up, runtime.config)

    def look(self) -> None:
        """Look at the file, off the screen's thread; what a look has found is never dropped."""
        self._app.explorer.perform(self._app.session.runtime.reread, self._read)

    def _read(self, reread: Reread | None) -> None:
        if reread is None:
            return
        explorer = self._app.explorer
        if reread.problems:
            explorer.say(literal(mistaken(reread.problems)), bad=True)
            return
        reread = reread._replace(before=self._held)
        later = self._take_up(reread.now)
        explorer.say(literal(changed(reread, later, self._app.theme_name)))

    def _take_up(self, now: Config) -> tuple[str, ...]:
        """Go by it; return the profiles that must be opened anew for that."""
        before, self._held = self._held, now
        later = self._profiles(before, now)
        self._keys(before, now)
        self._theme(before, now)
        return later

    def _profiles(self, before: Config, now: Config) -> tuple[str, ...]:
        """Let open profiles go by what is said of them; return those that must be opened anew."""
        workspaces, later = self._app.session.workspaces, []
        for name, profile in now.profiles.items():
            if (
                profile != before.profiles.get(name)
                and workspaces.is_open(name)
                and not workspaces.get(name).go_by(profile)
            ):
                later.append(name)
        self._app.explorer.draw_profile()
        for screen in self._app.screen_stack:
            if isinstance(screen, Sheet):
                screen.profiles_changed()
        self._app.look(self._app.wanted_theme)
        return tuple(later)

    def _keys(self, before: Config, now: Config) -> None:
        if now.settings.keys != before.settings.keys:
            self._app.take_keys(now.settings.keys)

    def _theme(self, before: Config, now: Config) -> None:
        """Use another theme if the file names one, unless one was chosen in this run."""
        was, wanted = before.settings.theme, now.settings.theme
        if was != wanted and self._app.wanted_theme == was:
            self._app.look(wanted)

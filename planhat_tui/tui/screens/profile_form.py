"""A new tenant: its token is tested with Planhat before anything is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planhat_tui.commands.profile import add_profile
from planhat_tui.config.profiles import Profile, TokenSource
from planhat_tui.errors import InputError, OfflineError, ServerError, TokenError
from planhat_tui.tui.commanding import context_of
from planhat_tui.tui.screens.form import Form
from planhat_tui.tui.widgets.line import FormField

if TYPE_CHECKING:
    from planhat_tui.commands.results import Done
    from planhat_tui.errors import PlanhatTuiError
    from planhat_tui.tui.session import Session


class ProfileForm(Form[str]):
    """Answers with the name of the profile that was saved."""

    HINT = "Tab next field   ctrl+s tests the token and saves   esc close"

    def __init__(self, session: Session) -> None:
        super().__init__(
            "A new tenant",
            [
                FormField("name", "name", hint="what you call it, such as acme-eu"),
                FormField("base_url", "base URL", "https://api.planhat.com"),
                FormField("token", "token", secret=True, hint="from Planhat's settings"),
                FormField("token_env", "or from", hint="the environment variable that holds it"),
                FormField("external_user_id", "your id", hint="who logs calls; as Planhat says"),
                FormField("label", "label", hint="a word in the header: PRODUCTION"),
            ],
        )
        self._session = session

    def save(self) -> None:
        """Test the token, then save."""
        typed = {name: text.strip() for name, text in self.typed.items()}
        try:
            profile = _profile(typed)
        except InputError as error:
            self.fault(error)
            return
        self.tell("Asking Planhat who this token stands for ...")
        ctx = context_of(self.planhat)
        self.wait_for(
            lambda: add_profile(ctx, profile, make_default=False),
            lambda done: self._saved(profile.name, done),
            self.fault,
        )

    def field_of(self, error: PlanhatTuiError) -> str:
        """Return the field to look at: where the token stands, or the address that didn't do."""
        if isinstance(error, TokenError):
            return "token_env" if self.typed["token_env"].strip() else "token"
        return (
            "base_url" if isinstance(error, OfflineError | ServerError) else super().field_of(error)
        )

    def _saved(self, name: str, done: Done) -> None:
        self.planhat.explorer.say(done.text)
        self.dismiss(name)


def _profile(typed: dict[str, str]) -> Profile:
    for name, words in (("name", "a name"), ("base_url", "a base URL")):
        if not typed[name]:
            raise InputError(f"The tenant needs {words}.", "Type it.", field=name)
    if bool(typed["token"]) == bool(typed["token_env"]):
        raise InputError(
            "A token has one source.",
            "Type the token, or the environment variable that holds it.",
            field="token",
        )
    source = (
        TokenSource("env", typed["token_env"])
        if typed["token_env"]
        else TokenSource("text", typed["token"])
    )
    return Profile(
        name=typed["name"],
        base_url=typed["base_url"],
        token=source,
        external_user_id=typed["external_user_id"],
        label=typed["label"],
    )

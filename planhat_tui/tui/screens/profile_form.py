"""A tenant, new or changed: its token is tested with Planhat before anything is saved."""

from __future__ import annotations

from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, Final, NamedTuple

from planhat_tui.commands.profile import add_profile, change_profile
from planhat_tui.config.loading import SOURCES, name_problem
from planhat_tui.config.profiles import Profile, TokenSource
from planhat_tui.config.values import address_problem
from planhat_tui.errors import InputError, OfflineError, ServerError, TokenError
from planhat_tui.model.addresses import plain_base_url
from planhat_tui.model.text import nearest, visible
from planhat_tui.tui.commanding import context_of
from planhat_tui.tui.screens.form import Form
from planhat_tui.tui.widgets.line import FormField

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planhat_tui.commands.context import Context
    from planhat_tui.commands.results import Done
    from planhat_tui.errors import PlanhatTuiError
    from planhat_tui.model.records import User

NEW: Final = Profile("", "https://api.planhat.com", TokenSource("text", ""))
"""What stands in the form at first."""

PLAIN: Final = (
    "This token is kept in the config as plain text. To keep it elsewhere, leave it empty and fill"
    ' "or from": env NAME, command pass x, file ~/x, or keyring x'
)
"""What is said while a token itself stands in the form, or in the config."""

ALLOWED: Final[Mapping[str, tuple[bool, bool]]] = {
    "everything": (False, False),
    "no delete": (False, True),
    "read only": (True, False),
}
"""What one may do, and the guardrails that say so: read only, no delete."""


class Saved(NamedTuple):
    """A profile that was saved, and what is told of it."""

    name: str
    told: str


class ProfileForm(Form[Saved]):
    """Answers with the profile that was saved."""

    HINT = "Tab next field   ctrl+s tests the token and saves   esc close"

    def __init__(self, profile: Profile | None = None) -> None:
        self._before = profile
        self._was_left = Event()
        shown = profile or NEW
        title = f"Tenant {profile.name}" if profile is not None else "A new tenant"
        super().__init__(title, _fields(shown, new=profile is None))

    def advice(self) -> str:
        """Say where a token that is typed here ends up."""
        typed = self.typed
        return PLAIN if is_kept_plain(typed["token"], typed["token_from"], self._before) else ""

    def save(self) -> None:
        """Test the token if it's a new one, then save."""
        typed = {name: text.strip() for name, text in self.typed.items()}
        try:
            profile = profile_of(typed, self._before or NEW)
        except InputError as error:
            self.fault(error)
            return
        self.tell("Asking Planhat who this token stands for ...")
        self.wait_for(self._deed(profile), lambda done: self._saved(profile.name, done), self.fault)

    def _deed(self, profile: Profile) -> Callable[[], Done]:
        ctx, before = self._asking_while_open(context_of(self.planhat)), self._before
        if before is None:
            return lambda: add_profile(ctx, profile, make_default=False)
        return lambda: change_profile(ctx, before, profile)

    def _asking_while_open(self, ctx: Context) -> Context:
        """Return a context that saves nothing any more once the form was left."""

        def probe(profile: Profile) -> User:
            me = self.planhat.session.runtime.probe(profile, tell=self._tell_meanwhile)
            if self._was_left.is_set():
                raise InputError("The form was left: nothing is saved.")
            return me

        return ctx._replace(probe=probe)

    def on_unmount(self) -> None:
        """Let what Planhat is still being asked come to nothing."""
        self._was_left.set()

    def _tell_meanwhile(self, text: str) -> None:
        """Say, from the thread that waits for Planhat, why it takes long."""
        if not self._was_left.is_set():
            self.planhat.call_from_thread(self.tell, text)

    def field_of(self, error: PlanhatTuiError) -> str:
        """Return the field to look at: where the token stands, or the address that didn't do."""
        if isinstance(error, TokenError):
            return "token_from" if self.typed["token_from"].strip() else "token"
        return (
            "base_url" if isinstance(error, OfflineError | ServerError) else super().field_of(error)
        )

    def _saved(self, name: str, done: Done) -> None:
        self.planhat.explorer.say(done.text)
        self.dismiss(Saved(name, done.text))


def is_kept_plain(token: str, written: str, before: Profile | None) -> bool:
    """Tell whether the config would hold the token itself: a new one, or the one it had."""
    if token.strip():
        return True
    return before is not None and before.token.how == "text" and not written.strip()


def _fields(shown: Profile, *, new: bool) -> list[FormField]:
    how, value = shown.token.how, shown.token.value
    kept = "" if new or how != "text" else "as it is; type another over it"
    name = [FormField("name", "name", hint="what you call it, such as acme-eu")] if new else []
    return [
        *name,
        FormField("base_url", "base URL", shown.base_url),
        FormField(
            "token",
            "token",
            secret=True,
            hint=kept or "kept in the config, as plain text; or leave it empty",
        ),
        FormField(
            "token_from",
            "or from",
            "" if how == "text" else f"{how} {value}",
            hint="env NAME, command pass x, file ~/x, keyring x",
        ),
        FormField("auth", "sent as", shown.auth, hint="bearer or basic"),
        FormField(
            "tenant_uuid",
            "tenant id",
            shown.tenant_uuid,
            hint="for the open endpoint; as Planhat says",
        ),
        FormField(
            "external_user_id",
            "your id",
            shown.external_user_id,
            hint="who logs calls; as Planhat says",
        ),
        FormField("label", "label", shown.label, hint="a word in the header: PRODUCTION"),
        FormField("allowed", "allowed", _allowed(shown), hint=", ".join(ALLOWED)),
    ]


def _allowed(profile: Profile) -> str:
    if profile.read_only:
        return "read only"
    return "no delete" if profile.no_delete else "everything"


def profile_of(typed: Mapping[str, str], before: Profile) -> Profile:
    """Return the profile that a form says. Raises :class:`InputError` with the field."""
    name = typed.get("name", before.name)
    for field, value, words in (
        ("name", name, "a name"),
        ("base_url", typed["base_url"], "a base URL"),
    ):
        if not value:
            raise InputError(f"The tenant needs {words}.", "Type it.", field=field)
    if why := name_problem(name):
        told = why if name in why else f"A tenant can't be called {visible(name)}. {why}"
        raise InputError(told, "Choose another.", field="name")
    if why := address_problem(plain_base_url(typed["base_url"])):
        raise InputError(why, "Write one like https://api.planhat.com", field="base_url")
    read_only, no_delete = ALLOWED[_one_of("allowed", typed["allowed"] or "everything", ALLOWED)]
    auth = _one_of("auth", typed["auth"] or "bearer", ("bearer", "basic"))
    return replace(
        before,
        name=name,
        base_url=typed["base_url"],
        token=_token(typed["token"], typed["token_from"], before.token),
        auth="basic" if auth == "basic" else "bearer",
        tenant_uuid=typed["tenant_uuid"],
        external_user_id=typed["external_user_id"],
        label=typed["label"],
        read_only=read_only,
        no_delete=no_delete or (read_only and before.no_delete),
    )


def _one_of(field: str, typed: str, words: Mapping[str, object] | tuple[str, ...]) -> str:
    """Return the word that was typed, in any case, or begun."""
    begun = [word for word in words if word.startswith(typed.casefold())]
    if len(begun) == 1:
        return begun[0]
    *others, last = words
    told = f"Type {', '.join(others)} or {last}."
    raise InputError(f"{visible(typed)} is not one of the words for this.", told, field=field)


def _token(token: str, written: str, before: TokenSource) -> TokenSource:
    """Return where the token comes from: ``NAME``, or ``env NAME``, ``file ~/x`` and so on."""
    kept = before.how == "text" and bool(before.value)
    if token and written:
        raise InputError("A token has one source.", "Leave one of the two empty.", field="token")
    if token or (kept and not written):
        return TokenSource("text", token or before.value)
    if not written:
        raise InputError(
            "A token has one source.",
            "Type the token, or the environment variable that holds it.",
            field="token",
        )
    how, _, value = written.partition(" ")
    if not value:
        return TokenSource("env", written)
    how = how.rstrip(":")
    if how not in SOURCES:
        near = nearest(how, SOURCES)
        advice = f"Did you mean {near}?" if near else f"Begin with {', '.join(SOURCES)}."
        raise InputError(f"A token can't come from {how}.", advice, field="token_from")
    return TokenSource(SOURCES[how], value.strip())

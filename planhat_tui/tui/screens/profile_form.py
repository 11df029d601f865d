"""A tenant, new or changed: its token is tested with Planhat before anything is saved."""

from __future__ import annotations

import re
from threading import Event
from typing import TYPE_CHECKING, Final, NamedTuple

from textual import on
from textual.widgets import Input

from planhat_tui.commands.profile import add_profile, change_profile, whose
from planhat_tui.config.loading import SOURCES, name_problem
from planhat_tui.config.profiles import Profile, TokenSource
from planhat_tui.config.values import address_problem
from planhat_tui.errors import InputError, OfflineError, ServerError, TokenError
from planhat_tui.model.addresses import plain_base_url
from planhat_tui.model.text import nearest, visible
from planhat_tui.tui.commanding import context_of
from planhat_tui.tui.presentation.cells import literal
from planhat_tui.tui.presentation.sentences import problem
from planhat_tui.tui.screens.form import Form
from planhat_tui.tui.widgets.line import FormField

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from planhat_tui.commands.context import Context
    from planhat_tui.commands.results import Done
    from planhat_tui.errors import PlanhatTuiError
    from planhat_tui.model.records import User
    from planhat_tui.model.values import Json
    from planhat_tui.tui.session import Memory

NEW: Final = Profile("", "https://api.planhat.com", TokenSource("text", ""))
"""What stands in the form at first."""

PLAIN: Final = (
    "This token is kept in the config as plain text. To keep it elsewhere, leave it empty and fill"
    ' "or from": env NAME, command pass x, file ~/x, or keyring x'
)
"""What is said while a token itself stands in the form, or in the config."""

PASTED: Final = 8
"""Letters at once that only a paste brings."""

UNNAMED: Final = "new"
"""How a tenant is called while its token is tested and its name isn't typed yet."""

ALLOWED: Final[Mapping[str, tuple[bool, bool]]] = {
    "everything": (False, False),
    "no delete": (False, True),
    "read only": (True, False),
}
"""What one may do, and the guardrails that say so: read only, no delete."""


_VARIABLE: Final = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
"""What names an environment variable, and no token looks like."""


class Saved(NamedTuple):
    """A profile that was saved, and what is told of it."""

    name: str
    told: str


class ProfileForm(Form[Saved]):
    """Answers with the profile that was saved.

    ``draft`` is what ``memory`` kept of what was typed: it's there before a letter can be typed. A
    token is in none.
    """

    HINT = ("tab: next field", "{save}: test the token and save", "close")
    HERE = "The draft is here again, without the token.  {save} tests it and saves"
    DROPPED = "The draft is dropped: this is how it is now"

    def __init__(
        self,
        memory: Memory,
        profile: Profile | None = None,
        draft: Mapping[str, Json] | None = None,
    ) -> None:
        self._before = profile
        self._was_left = Event()
        self._memory, self._key = memory, draft_key(profile)
        self._token = ""
        title = f"Tenant {profile.name}" if profile is not None else "A new tenant"
        shown = _texts(profile or NEW)
        kept = {name: str(text) for name, text in (draft or {}).items()}
        super().__init__(title, _fields({**shown, **kept}, profile, kept), shown)

    @property
    def is_new(self) -> bool:
        """Whether the tenant isn't in the config yet."""
        return self._before is None

    @property
    def touched(self) -> Mapping[str, str]:
        """What is typed and may be kept: all that differs, but nothing that may be a token."""
        return without_tokens(super().touched)

    def keep(self) -> None:
        """Keep what is typed on this machine."""
        self._keep(self.touched)

    def _keep(self, typed: Mapping[str, str]) -> None:
        memory, key, data = self._memory, self._key, dict(typed)
        self.perform(lambda: memory.keep_draft(key, data), lambda _: None)

    def advice(self) -> str:
        """Say where a token that is typed here ends up."""
        typed = self.typed
        return PLAIN if is_kept_plain(typed["token"], typed["token_from"], self._before) else ""

    def save(self) -> None:
        """Test the token if it's a new one, then save; once at a time."""
        if self.is_saving:
            return
        typed = {name: text.strip() for name, text in self.typed.items()}
        try:
            profile = profile_of(typed, self._before or NEW)
        except InputError as error:
            self.fault(error)
            return
        self.tell("Asking Planhat who this token stands for ...")
        name, deed = profile.name, self._deed(profile)
        self.save_once(deed, lambda done: self._saved(name, done), self.fault, beside=True)

    def action_close(self) -> None:
        """Close, also while Planhat is asked: nothing is saved then."""
        self.dismiss(None)

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

    @on(Input.Changed, "#line-token")
    def _token_typed(self, event: Input.Changed) -> None:
        """Test a token as soon as it is pasted: nobody types one."""
        before, self._token = self._token, event.value
        if put_in(before, event.value) >= PASTED:
            self.call_later(self._test, event.value)

    def _test(self, token: str) -> None:
        """Ask Planhat who a token stands for, in which region; nothing is saved by that."""
        typed = {name: text.strip() for name, text in self.typed.items()}
        typed |= {"name": typed.get("name") or UNNAMED, "token_from": ""}
        try:
            profile = profile_of(typed, self._before or NEW)
        except InputError:  # what else is typed can't be used yet: ctrl+s says so
            return
        ctx = self._asking_while_open(context_of(self.planhat))

        def known(told: tuple[User, Profile]) -> None:
            if self.typed["token"] == token:
                self._tell_whose(*told)

        def refused(error: PlanhatTuiError) -> None:
            if self.typed["token"] == token:
                self.tell("")
                self.fields["token"].error(problem(error))

        self.tell("Asking Planhat who this token stands for ...")
        self.wait_for(lambda: whose(ctx, profile), known, refused)

    def _tell_whose(self, me: User, found: Profile) -> None:
        """Say whose the token is, and put its region where the address stands."""
        with self.prevent(Input.Changed):
            self.fields["base_url"].value = found.base_url
        told = f"This token is good: {literal(visible(me.name))}, at {found.base_url}"
        self.tell("  ".join(filter(None, (told, self.advice()))))

    def field_of(self, error: PlanhatTuiError) -> str:
        """Return the field to look at: where the token stands, or the address that didn't do."""
        if isinstance(error, TokenError):
            return "token_from" if self.typed["token_from"].strip() else "token"
        return (
            "base_url" if isinstance(error, OfflineError | ServerError) else super().field_of(error)
        )

    def _saved(self, name: str, done: Done) -> None:
        self._keep({})
        self.planhat.explorer.say(done.text)
        self.dismiss(Saved(name, done.text))


def draft_key(profile: Profile | None) -> str:
    """Return under which key the draft of a tenant's form is kept, or that of a new one."""
    return f"tenant:{profile.name if profile is not None else ''}"


def without_tokens(typed: Mapping[str, str]) -> dict[str, str]:
    """Return what of a form may be kept as a draft.

    A token is left out, and so is what may be one that was put into the wrong box.
    """
    kept = {name: text for name, text in typed.items() if name != "token"}
    if not _is_source(kept.get("token_from", "")):
        kept.pop("token_from", None)
    if address_problem(plain_base_url(kept.get("base_url", ""))):
        kept.pop("base_url", None)
    return kept


def _is_source(written: str) -> bool:
    """Tell whether a text says where a token is, and can't be one itself."""
    how, _, value = written.strip().partition(" ")
    if value:
        return how.rstrip(":") in SOURCES
    return _VARIABLE.fullmatch(how) is not None


def is_kept_plain(token: str, written: str, before: Profile | None) -> bool:
    """Tell whether the config would hold the token itself: a new one, or the one it had."""
    if token.strip():
        return True
    return before is not None and before.token.how == "text" and not written.strip()


def _texts(shown: Profile) -> dict[str, str]:
    """Return what stands in the form of a profile, by field. A token that is kept isn't shown."""
    how, value = shown.token.how, shown.token.value
    return {
        "name": shown.name,
        "base_url": shown.base_url,
        "token": "",
        "token_from": "" if how == "text" else f"{how} {value}",
        "auth": shown.auth,
        "tenant_uuid": shown.tenant_uuid,
        "external_user_id": shown.external_user_id,
        "label": shown.label,
        "allowed": _allowed(shown),
    }


def _fields(
    texts: Mapping[str, str], before: Profile | None, recalled: Collection[str]
) -> list[FormField]:
    def field(name: str, label: str, hint: str = "", *, secret: bool = False) -> FormField:
        over = name not in recalled
        return FormField(name, label, texts[name], hint=hint, secret=secret, over=over)

    kept = before is not None and before.token.how == "text"
    there = "as it is; type another over it"
    nowhere = "plain text in the config; or leave it empty"
    name = [field("name", "name", "what you call it, such as acme-eu")] if before is None else []
    return [
        *name,
        field("base_url", "base URL"),
        field("token", "token", there if kept else nowhere, secret=True),
        field("token_from", "or from", "env NAME, command pass x, file ~/x, keyring x"),
        field("auth", "sent as", "bearer or basic"),
        field("tenant_uuid", "tenant id", "for the open endpoint; as Planhat says"),
        field("external_user_id", "your id", "who logs calls; as Planhat says"),
        field("label", "label", "a word in the header: PRODUCTION"),
        field("allowed", "allowed", ", ".join(ALLOWED)),
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
    base_url = plain_base_url(typed["base_url"])
    if why := address_problem(base_url):
        raise InputError(why, "Write one like https://api.planhat.com", field="base_url")
    read_only, no_delete = ALLOWED[_one_of("allowed", typed["allowed"] or "everything", ALLOWED)]
    auth = _one_of("auth", typed["auth"] or "bearer", ("bearer", "basic"))
    return before._replace(
        name=name,
        base_url=base_url,
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


def put_in(before: str, now: str) -> int:
    """Return how many characters were put in at once, also over others that were selected."""
    start = _alike(before, now)
    return len(now) - start - _alike(before[start:][::-1], now[start:][::-1])


def _alike(one: str, other: str) -> int:
    """Return with how many characters both begin."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))

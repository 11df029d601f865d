"""``profile``: the tenants that the config names."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from planhat_tui.commands.entries import what
from planhat_tui.commands.registry import Effect, flag, option, options, verb, word
from planhat_tui.commands.results import Column, Done, Listing, Single
from planhat_tui.config.loading import SOURCES
from planhat_tui.config.profiles import DEMO_NAMES, Profile, TokenSource, one_of
from planhat_tui.errors import ConfigError, InputError, PlanhatTuiError, TokenError
from planhat_tui.model.addresses import plain_base_url
from planhat_tui.model.records import text_of
from planhat_tui.model.text import nearest, plural, visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planhat_tui.commands.context import Context
    from planhat_tui.config.profiles import How
    from planhat_tui.model.records import User
    from planhat_tui.model.values import Json
    from planhat_tui.workspace.queries import Queries

COLUMNS = (
    Column("name", "NAME"),
    Column("default", "DEFAULT"),
    Column("label", "LABEL"),
    Column("baseUrl", "BASE URL"),
    Column("guardrails", "GUARDRAILS"),
    Column("mistake", "MISTAKE", prose=True),
)


@verb("profile list", key="tenants", aliases=("find",), needs_profile=False)
def list_(ctx: Context) -> Listing:
    """List the profiles, those that can't be used among them, and the mistakes in the config."""
    config = ctx.config()
    if config.unreadable:
        raise config.problems[0]
    for problem in config.problems:
        ctx.tell(str(problem))
    for warning in config.warnings:
        ctx.tell(warning)
    rows = (
        *(_told(profile, config.default) for profile in config.profiles.values()),
        *(_refused(name, one_of(mistakes)) for name, mistakes in config.refused.items()),
    )
    note = (
        ""
        if rows or config.problems
        else "No profile yet: profile add NAME adds one; --demo needs none."
    )
    return Listing(rows, COLUMNS, note)


SETTINGS: Final = (
    option("--base-url", "where its API is", "URL"),
    option("--auth", "how the token is sent", "HOW", choices=("bearer", "basic")),
    option("--tenant-uuid", "the tenant's id, for the open endpoint", "UUID"),
    option("--external-user-id", "who logs calls: your id in your own system", "ID"),
    option("--label", "a word in the header, such as PRODUCTION"),
    option("--accent", "its colour, such as '#ff8a65'", "COLOUR"),
    option("--call-note-field", "the custom field that takes the note of a call", "FIELD"),
    option("--web-url", "a company's page in the web app, with {id} in it", "TEMPLATE"),
    option("--proxy", "its proxy; environment takes the one that is set there", "URL"),
    flag("--read-only", "allow no change"),
    flag("--no-delete", "allow no deletion"),
    option("--max-bulk", "how many records may be changed at once", "N"),
    option("--confirm", "ask for the profile's name first", "HOW", choices=("type",)),
    option("--confirm-over", "how many records are large", "N"),
    option("--reason", "why the guardrails are there"),
    option("--dialect", "the API's edition", "D", choices=("auto", "modern", "seed")),
)
"""What a profile says beside its token; the options are called as the keys of the config."""

TOKENS: Final = (
    option("--token-env", "the environment variable that holds the token", "NAME"),
    option("--token-command", "a command that prints the token", "COMMAND"),
    option("--token-file", "a file of yours that holds the token", "PATH"),
    option("--token-keyring", "the name under which your keyring has the token", "NAME"),
    flag("--token-stdin", "read the token from a pipe, and keep it in the config"),
)

NAMED: Final = 10
"""How many edits are named before they are lost; the rest are counted."""

Given: TypeAlias = "str | bool | tuple[str, ...]"
"""The value of an option: a text, whether it was there, or all its texts."""


@verb(
    "profile add",
    word("name", "what you call the tenant: letters, digits, dots, dashes"),
    *TOKENS,
    *SETTINGS,
    flag("--default", "let it be the one to open with"),
    effect=Effect.CONFIG,
    needs_profile=False,
)
def add(ctx: Context, name: str, *, default: bool, **given: Given) -> Done:
    """Add a tenant. Its token is tested with Planhat before anything is saved.

    Without one of the --token options the token is asked for and kept in the config.
    """
    token = _token(ctx, given) or TokenSource("text", ctx.secret("Token: "))
    plain = Profile(name, "https://api.planhat.com", token)
    return _warned(add_profile(ctx, _with(plain, given), make_default=default), name, token)


@verb(
    "profile edit",
    word("name", "the profile's name"),
    *TOKENS,
    *SETTINGS,
    options("--unset", "unset", "take a setting out, such as label; may be repeated", "KEY"),
    effect=Effect.CONFIG,
    needs_profile=False,
)
def edit(ctx: Context, name: str, *, unset: tuple[str, ...], **given: Given) -> Done:
    """Change what a profile says; comments stay. A new token or address is tested first."""
    before = ctx.config().find(name)
    token = _token(ctx, given)
    after = _with(_without(before, unset), given)
    after = after._replace(token=token) if token is not None else after
    return _warned(change_profile(ctx, before, after), name, token)


def _warned(done: Done, name: str, token: TokenSource | None) -> Done:
    """Add a sentence where a token is now kept in the config as it is, and how to keep it away."""
    if token is None or token.how != "text":
        return done
    ways = ", ".join(f"--token-{how}" for how in SOURCES.values())
    return done._replace(
        text=f"{done.text}\nIts token stands in the config as plain text."
        f" profile edit {name} with one of {ways} keeps it elsewhere."
    )


@verb(
    "profile test",
    word("name", "the one at hand, if left out", required=False),
    needs_profile=False,
)
def test(ctx: Context, name: str) -> Single:
    """Ask Planhat who the token of a profile stands for; nothing is changed."""
    name = name or ctx.wanted()
    if not name and (undecided := ctx.config().undecided) is not None:
        raise undecided
    if not name:
        raise InputError("There is no profile yet.", "profile add NAME adds one.")
    profile = ctx.profile(name)
    me = ctx.probe(profile)
    told: dict[str, Json] = {
        "profile": name,
        "baseUrl": profile.base_url,
        "user": me.name,
        "email": me.email,
        "externalId": me.external_id,
        "tenantId": text_of(me.raw, "tenantId"),
        "tenant": text_of(me.raw, "tenantName"),
    }
    return Single(told, labels=_TEST_WORDS, note=f"The token of {name} is good.")


_TEST_WORDS: Final = {
    "profile": "Profile",
    "baseUrl": "Base URL",
    "user": "You are",
    "email": "E-mail",
    "externalId": "Your external id",
    "tenantId": "Tenant id",
    "tenant": "Tenant",
}


def _token(ctx: Context, given: Mapping[str, Given]) -> TokenSource | None:
    """Return where the token comes from, ``None`` if no option says it."""
    named: dict[str, How] = {f"token_{how}": how for how in SOURCES.values()}
    sources = [name for name in (*named, "token_stdin") if given[name]]
    if len(sources) > 1:
        flags = " and ".join(f"--{name.replace('_', '-')}" for name in sources)
        raise InputError("A token has one source.", f"Leave one of {flags} out.")
    if not sources:
        return None
    (source,) = sources
    if source == "token_stdin":
        return TokenSource("text", ctx.secret("Token: "))
    value = str(given[source])
    if source == "token_file" and not value.startswith("~/"):
        value = str(Path(value).absolute())
    return TokenSource(named[source], value)


def _with(profile: Profile, given: Mapping[str, Given]) -> Profile:
    """Return a profile with what was given; the config's own reader judges the values."""
    changes: dict[str, Any] = {}
    for param in SETTINGS:
        value = given[param.name]
        if value and param.name in {"max_bulk", "confirm_over"}:
            changes[param.name] = _whole(param.name, str(value))
        elif value:
            changes[param.name] = value
    if base_url := changes.get("base_url"):
        changes["base_url"] = plain_base_url(base_url)
    return profile._replace(**changes)


def _whole(name: str, text: str) -> int:
    if not text.isdecimal() or not int(text):
        flag = f"--{name.replace('_', '-')}"
        raise InputError(f"{flag} {text} is no whole number from 1.", "Give another.", field=name)
    return int(text)


def _without(profile: Profile, names: tuple[str, ...]) -> Profile:
    """Return a profile whose settings of these names are as they are without a word."""
    plain = Profile(profile.name, profile.base_url, profile.token)
    known = [param.name for param in SETTINGS if param.name != "base_url"]
    for name in names:
        if name not in known:
            near = nearest(name, known)
            advice = f"Did you mean {near}?" if near else f"There are: {', '.join(known)}."
            raise InputError(f"There is no setting {name} to take out.", advice, field="unset")
        profile = profile._replace(**{name: getattr(plain, name)})
    return profile


def add_profile(ctx: Context, profile: Profile, *, make_default: bool) -> Done:
    """Test a profile's token, then save it. Raises what speaks against it; nothing is saved then.

    Planhat's answer says who we are there: the external id and the tenant's id, where none was
    given. A token that isn't good at the usual address is tried in Planhat's other regions.
    """
    from planhat_tui.config import edit

    edit.add_profile(ctx.paths.config_file, profile, make_default=make_default, try_only=True)
    me, found = whose(ctx, profile)
    others = _same_tenant(ctx, text_of(me.raw, "tenantId"), found.base_url)
    edit.add_profile(ctx.paths.config_file, _told_by(me, found), make_default=make_default)
    ctx.reload()
    where = f"at {found.base_url}" if found.base_url != profile.base_url else "there"
    told = f"Profile {profile.name} is saved: you are {visible(me.name)} {where}."
    if others:
        told += f" It is the same tenant as {others}: they share the local copy and the queue."
    return Done(told, (_row(ctx, profile.name),))


def _row(ctx: Context, name: str) -> dict[str, Json]:
    """Return a profile as the list of them tells it, by the config as it is now."""
    config = ctx.config()
    return _told(config.find(name), config.default)


def _same_tenant(ctx: Context, tenant: str, base_url: str) -> str:
    """Return the profiles that have this tenant already; empty if none, as far as they say it."""
    return ", ".join(
        one.name
        for one in ctx.config().profiles.values()
        if tenant and (one.base_url, one.tenant_uuid) == (base_url, tenant)
    )


def whose(ctx: Context, profile: Profile) -> tuple[User, Profile]:
    """Return who we are, and the profile with the region in which its token is good.

    Raises what was answered at the address that it has.
    """
    held = ctx.hold(profile)
    try:
        return ctx.probe(held), profile
    except TokenError as error:
        from planhat_tui.commands.examining import REGIONS, UNKNOWN_TOKEN

        if error.status != UNKNOWN_TOKEN:
            raise
        others = REGIONS[1:] if profile.base_url == REGIONS[0] else ()
        for base_url in others:
            with contextlib.suppress(PlanhatTuiError):
                me = ctx.probe(held._replace(base_url=base_url))
                return me, profile._replace(base_url=base_url)
        raise


def change_profile(ctx: Context, before: Profile, after: Profile) -> Done:
    """Save a profile that was changed; test it first if it speaks to Planhat in another way.

    Raises what speaks against it; nothing is saved then.
    """
    from planhat_tui.config import edit

    if after == before:
        return Done("Nothing to change: it is so already.")
    file = ctx.paths.config_file
    edit.change_profile(file, after, before=before, try_only=True)
    who = ""
    if after.speaks != before.speaks:
        who = f": you are {visible(ctx.probe(after).name)} there"
    edit.change_profile(file, after, before=before)
    ctx.reload()
    return Done(f"Profile {after.name} is changed{who}.", (_row(ctx, after.name),))


def _told_by(me: User, profile: Profile) -> Profile:
    """Return a profile with what Planhat tells and nobody said."""
    return profile._replace(
        external_user_id=profile.external_user_id or me.external_id,
        tenant_uuid=profile.tenant_uuid or text_of(me.raw, "tenantId"),
    )


@verb(
    "profile use",
    word("name", "the profile's name"),
    effect=Effect.CONFIG,
    key="tenants",
    needs_profile=False,
)
def use(ctx: Context, name: str) -> Done:
    """Switch to a profile: on screen at once, in the shell from the next command on."""
    if ctx.switch is not None:
        ctx.switch(name)
        return Done("")  # it has said so itself as it came
    from planhat_tui.config import edit

    if name in DEMO_NAMES:
        raise InputError("The demo can't be the default.", "planhat-tui --demo opens it.")
    ctx.config().find(name)
    edit.set_default(ctx.paths.config_file, name)
    ctx.reload()
    ctx.choose(name)
    return Done(f"{name} is the profile to open with.", (_row(ctx, name),))


@verb(
    "profile remove",
    word("name", "the profile's name"),
    effect=Effect.CONFIG,
    needs_profile=False,
)
def remove(ctx: Context, name: str) -> Done:
    """Take a profile out of the config; its local files stay. Refused while edits are queued."""
    from planhat_tui.config import edit

    wrong = name in ctx.config().refused  # what it has here isn't known then, and stays
    if not wrong:
        ctx.config().find(name)
    try:
        queued = 0 if wrong else ctx.queued(name)
    except TokenError as error:
        raise InputError(
            f"Which edits {name} has that Planhat doesn't have yet, only its token tells:"
            f" {error.message}",
            f"{error.advice} Or take it out of {ctx.paths.config_file} by hand: its files stay.",
        ) from None
    if queued:
        raise InputError(
            f"{name} has {plural(queued, 'edit')} that Planhat doesn't have yet.",
            f"planhat-tui -p {name} outbox send sends them, profile wipe {name} gives them up.",
        )
    was_default = ctx.config().default == name
    edit.remove_profile(ctx.paths.config_file, name)
    ctx.reload()
    left = ctx.config()
    told = ""
    if was_default and left.default:
        told = f" {left.default} is the default now."
    elif was_default and left.profiles:
        told = " There is no default now: profile use NAME chooses one."
    return Done(f"Profile {name} is taken out of the config.{told}", ({"name": name},))


@verb(
    "profile wipe",
    word("name", "the profile's name"),
    effect=Effect.DELETE,
    needs_profile=False,
)
def wipe(ctx: Context, name: str) -> Done:
    """Delete all that is on this machine of a tenant; asks for the profile's name first.

    The local copy, the queue, the journal, the log of calls, drafts and what was typed. Planhat and
    the config stay as they are.
    """
    profile = ctx.profile(name)
    with ctx.kept(profile) as reads:
        if reads is None:
            return Done(f"Nothing of {name} is on this machine.", ({"name": name},))
        question = _held(name, reads)
    ctx.confirm(question, name)
    ctx.wipe(profile)
    return Done(f"Nothing of {name} is on this machine any more.", ({"name": name},))


def _held(name: str, reads: Queries) -> str:
    """Return the question before a tenant is wiped: what is here, and what only is here."""
    progress, queue = reads.progress(), reads.outbox()
    companies = plural(progress.companies_known, "company", "companies")
    here = (
        f"Delete all that is here of {name}? {companies},"
        f" {plural(progress.contacts_done, 'contact')},"
        f" {plural(len(reads.calls()), 'call')} in the log, the journal, drafts."
    )
    if not queue:
        return f"{here} Planhat has all edits."
    told = [here, f"Planhat doesn't have {plural(len(queue), 'edit')} yet, lost for good then:"]
    told += [f"  {one.n}  {one.state}  {what(one)}: {visible(one.title)}" for one in queue[:NAMED]]
    told += [f"  and {len(queue) - NAMED} more"] if len(queue) > NAMED else []
    return "\n".join(told)


def _told(profile: Profile, default: str) -> dict[str, Json]:
    from planhat_tui.config.guardrails import marks

    return {
        "name": profile.name,
        "default": profile.name == default,
        "label": profile.label,
        "baseUrl": profile.base_url,
        "guardrails": " ".join(marks(profile)),
        "mistake": "",
    }


def _refused(name: str, mistake: ConfigError) -> dict[str, Json]:
    """Return the row of a profile that can't be used, and what of it is wrong."""
    nothing: dict[str, Json] = {column.path: "" for column in COLUMNS}
    return {**nothing, "name": name, "default": False, "mistake": mistake.message}

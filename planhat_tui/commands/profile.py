"""``profile``: the tenants that the config names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from planhat_tui.commands.registry import flag, option, verb, word
from planhat_tui.commands.results import Column, Done, Listing
from planhat_tui.config.profiles import DEMO_NAMES, Profile, TokenSource
from planhat_tui.errors import InputError
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from planhat_tui.commands.context import Context
    from planhat_tui.model.values import Json

COLUMNS = (
    Column("name", "NAME"),
    Column("default", "DEFAULT"),
    Column("label", "LABEL"),
    Column("baseUrl", "BASE URL"),
    Column("guardrails", "GUARDRAILS"),
)


@verb("profile list", key="tenants", aliases=("find",), needs_profile=False)
def list_(ctx: Context) -> Listing:
    """List the profiles, and the mistakes in the config."""
    config = ctx.config()
    for problem in config.problems:
        ctx.tell(str(problem))
    for warning in config.warnings:
        ctx.tell(warning)
    rows = tuple(_told(profile, config.default) for profile in config.profiles.values())
    note = (
        ""
        if rows or config.problems
        else "No profile yet: profile add NAME adds one; --demo needs none."
    )
    return Listing(rows, COLUMNS, note)


@verb(
    "profile add",
    word("name", "what you call the tenant: letters, digits, dots, dashes"),
    option("--base-url", "where its API is", "URL", default="https://api.planhat.com"),
    option("--token-env", "the environment variable that holds the token", "NAME"),
    option("--token-command", "a command that prints the token", "COMMAND"),
    option("--auth", "how the token is sent", "HOW", default="bearer", choices=("bearer", "basic")),
    option("--tenant-uuid", "the tenant's id, for the open endpoint", "UUID"),
    option("--external-user-id", "who logs calls: your id in your own system", "ID"),
    option("--label", "a word in the header, such as PRODUCTION"),
    option("--call-note-field", "the custom field that takes the note of a call", "FIELD"),
    flag("--read-only", "allow no change"),
    flag("--no-delete", "allow no deletion"),
    flag("--default", "let it be the one to open with"),
    needs_profile=False,
)
def add(  # noqa: PLR0917 -- the options of one command
    ctx: Context,
    name: str,
    base_url: str,
    token_env: str,
    token_command: str,
    auth: str,
    tenant_uuid: str,
    external_user_id: str,
    label: str,
    call_note_field: str,
    read_only: bool,  # noqa: FBT001 -- a flag of the command line
    no_delete: bool,  # noqa: FBT001 -- likewise
    default: bool,  # noqa: FBT001 -- likewise
) -> Done:
    """Add a tenant. Its token is tested with Planhat before anything is saved.

    Without --token-env or --token-command the token is asked for and kept in the config.
    """
    if token_env and token_command:
        raise InputError("A token has one source.", "Give --token-env or --token-command.")
    profile = Profile(
        name=name,
        base_url=base_url,
        token=TokenSource("env", token_env) if token_env else TokenSource("command", token_command),
        auth="basic" if auth == "basic" else "bearer",
        tenant_uuid=tenant_uuid,
        external_user_id=external_user_id,
        label=label,
        call_note_field=call_note_field,
        read_only=read_only,
        no_delete=no_delete,
    )
    if not (token_env or token_command):
        profile = replace(profile, token=TokenSource("text", ctx.secret("Token: ")))
    return add_profile(ctx, profile, make_default=default)


def add_profile(ctx: Context, profile: Profile, *, make_default: bool) -> Done:
    """Test a profile's token, then save it. Raises what speaks against it; nothing is saved then.

    Planhat's answer says who we are there: the external id, where none was given.
    """
    from planhat_tui.config import edit

    edit.add_profile(ctx.paths.config_file, profile, make_default=make_default, try_only=True)
    me = ctx.probe(profile)
    if not profile.external_user_id and me.external_id:
        profile = replace(profile, external_user_id=me.external_id)
    edit.add_profile(ctx.paths.config_file, profile, make_default=make_default)
    ctx.reload()
    return Done(f"Profile {profile.name} is saved: you are {visible(me.name)} there.")


@verb("profile use", word("name", "the profile's name"), key="tenants", needs_profile=False)
def use(ctx: Context, name: str) -> Done:
    """Switch to a profile: on screen at once, in the shell from the next command on."""
    if ctx.switch is not None:
        ctx.switch(name)
        return Done(f"{name} is on screen.")
    from planhat_tui.config import edit

    if name in DEMO_NAMES:
        raise InputError("The demo can't be the default.", "planhat-tui --demo opens it.")
    ctx.config().find(name)
    edit.set_default(ctx.paths.config_file, name)
    ctx.reload()
    return Done(f"{name} is the profile to open with.")


@verb("profile remove", word("name", "the profile's name"), needs_profile=False)
def remove(ctx: Context, name: str) -> Done:
    """Take a profile out of the config; its local files stay. Refused while edits are queued."""
    from planhat_tui.config import edit

    ctx.config().find(name)
    queued = ctx.queued(name)
    if queued:
        raise InputError(
            f"{name} has {queued} edits that Planhat doesn't have yet.",
            f"planhat-tui -p {name} outbox send sends them.",
        )
    edit.remove_profile(ctx.paths.config_file, name)
    ctx.reload()
    return Done(f"Profile {name} is taken out of the config.")


def _told(profile: Profile, default: str) -> dict[str, Json]:
    from planhat_tui.config.guardrails import marks

    return {
        "name": profile.name,
        "default": profile.name == default,
        "label": profile.label,
        "baseUrl": profile.base_url,
        "guardrails": " ".join(marks(profile)),
    }

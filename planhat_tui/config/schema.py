"""The JSON schema of the config, for editors: made from the types that the config is read into.

It is written beside a config that is made here, and the config's first line names it, so that
editors complete keys and mark what is wrong. msgspec is loaded here, when a schema is asked for.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_type_hints

import msgspec
from msgspec import Meta

from planhat_tui.config import keys
from planhat_tui.config.loading import SOURCES
from planhat_tui.config.profiles import Profile, Settings
from planhat_tui.config.replacing import replace_file
from planhat_tui.config.schemafile import SCHEMA_FILE
from planhat_tui.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

    from planhat_tui.model.values import Json

NOTES: Final[dict[str, Meta]] = {
    "base_url": Meta(
        description="Where the tenant's API is: https, or http on this machine.",
        pattern="^https?://[^/]+/?$",
        examples=["https://api.planhat.com"],
    ),
    "token": Meta(
        description="The token, or better where it comes from.",
        examples=[{"env": "PLANHAT_TOKEN"}, {"command": "pass show planhat"}],
        extra_json_schema={"minProperties": 1, "maxProperties": 1},  # one source, if it isn't text
    ),
    "auth": Meta(description="How the token is sent."),
    "tenant_uuid": Meta(description="The tenant's id, for calls through the open endpoint."),
    "external_user_id": Meta(description="Who logs calls: your id in your own system."),
    "label": Meta(description="A word in the header.", examples=["PRODUCTION"]),
    "accent": Meta(description="The colour of this tenant.", pattern="^#[0-9a-fA-F]{6}$"),
    "call_note_field": Meta(description="The custom field that takes the note of a call."),
    "web_url": Meta(
        description="A company's page in the web app, with {id}, {externalId}, {slug} or {name}.",
        pattern="^https://",
    ),
    "proxy": Meta(description="The proxy, or environment for the one that is set there."),
    "read_only": Meta(description="Allow no change."),
    "no_delete": Meta(description="Allow no deletion."),
    "max_bulk": Meta(description="How many records may be changed at once.", ge=1),
    "confirm": Meta(description="Ask for the profile's name before a deletion and a large bulk."),
    "confirm_over": Meta(description="How many records make a bulk large.", ge=1),
    "reason": Meta(description="Why the guardrails are there: shown where they refuse."),
    "dialect": Meta(description="The API's edition; auto finds out."),
    "query": Meta(
        description="What the view finds, as it is typed into the search.",
        examples=["owner:me -phase:churned"],
    ),
    "sort": Meta(description="By what it is sorted.", examples=["renewal,-arr"]),
    "columns": Meta(
        description="The columns of the list; name=30 is one of 30 cells.",
        examples=[["name=30", "arr"]],
    ),
    "start": Meta(description="Let the explorer open with it; one view at most."),
    "theme": Meta(description="How the explorer looks."),
    "refresh": Meta(
        description="How often the local copy is brought up to date.",
        pattern="^[0-9]{1,6} *(s|m|h|d)$",
        examples=["5m"],
    ),
    "history": Meta(
        description="How long it is kept what changed in companies and contacts.",
        pattern="^[0-9]{1,6} *(s|m|h|d)$",
        examples=["365d"],
    ),
    "history_size": Meta(description="How many megabytes of that are kept.", ge=1),
}
"""What an editor shows of each key, and what its value must be like beside its type."""

_ELSEWHERE: Final = frozenset({"name", "demo", "token"})
"""Fields of a profile that stand elsewhere in the file, or differently."""


def schema() -> dict[str, Json]:
    """Return the schema as JSON."""
    made: dict[str, Json] = msgspec.json.schema(_config())
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = "The config of planhat-tui"
    return made


def write_beside(config: Path) -> None:
    """Write the schema beside a config. Raises :class:`StorageError`."""
    path = config.resolve().with_name(SCHEMA_FILE)
    try:
        replace_file(path, json.dumps(schema(), indent=2) + "\n")
    except OSError as error:
        raise StorageError(
            f"{path} can't be written: {error.strerror}. The config itself is as it should be.",
            "Editors can do without it: planhat-tui config schema prints it.",
        ) from None


def _struct(name: str, entries: list[tuple[str, Any, Any]]) -> Any:  # noqa: ANN401 -- a type made here
    return msgspec.defstruct(name, entries, forbid_unknown_fields=True, kw_only=True)


def _config() -> Any:  # noqa: ANN401 -- likewise
    profile = _struct("Profile", [("token", _token(), msgspec.NODEFAULT), *_entries(Profile)])
    parts = [
        ("profiles", dict[str, profile] | None),  # type: ignore[valid-type] # made here
        ("views", dict[str, _view()] | None),  # type: ignore[misc] # likewise
        ("settings", _settings() | None),
    ]
    default = ("default", Annotated[str, Meta(description="The profile to open with.")] | None)
    return _struct("Config", [(*part, None) for part in (default, *parts)])


def _view() -> Any:  # noqa: ANN401 -- likewise
    return _struct(
        "View",
        [
            ("query", Annotated[str, NOTES["query"]], ""),
            ("sort", Annotated[str, NOTES["sort"]], ""),
            ("columns", Annotated[list[str], NOTES["columns"]], []),
            ("start", Annotated[bool, NOTES["start"]], False),
        ],
    )


def _token() -> Any:  # noqa: ANN401 -- likewise
    sources = _struct("Source", [(how, str, "") for how in SOURCES])
    return Annotated[str | sources, NOTES["token"]]


def _settings() -> Any:  # noqa: ANN401 -- likewise
    plain = Settings()
    names = {key.name: key.help for key in reversed(keys.KEYS)}
    changed = _struct(
        "Keys", [(name, Annotated[str, Meta(description=told)], "") for name, told in names.items()]
    )
    keymap = _struct(
        "Keymap",
        [("preset", Literal[tuple(keys.PRESETS)], "default"), ("keys", changed | None, None)],
    )
    return _struct(
        "Settings",
        [
            ("theme", Annotated[str, NOTES["theme"]], plain.theme),
            ("refresh", Annotated[str, NOTES["refresh"]], f"{plain.refresh / 60:.0f}m"),
            ("history", Annotated[str, NOTES["history"]], f"{plain.history / 86_400:.0f}d"),
            ("history_size", Annotated[int, NOTES["history_size"]], plain.history_size),
            ("keymap", keymap | None, None),
        ],
    )


def _entries(kind: type[Profile]) -> list[tuple[str, Any, Any]]:
    """Return name, type and default of each key of a profile, those without a default first."""
    types = get_type_hints(kind)
    return [
        (
            name,
            Annotated[_written(types[name]), NOTES[name]],
            kind._field_defaults.get(name, msgspec.NODEFAULT),
        )
        for name in kind._fields
        if name not in _ELSEWHERE
    ]


def _written(kind: Any) -> Any:  # noqa: ANN401 -- a type
    """Return the type of what can be written: ``None`` and the empty word stand for nothing."""
    return {int | None: int, Literal["", "type"]: Literal["type"]}.get(kind, kind)

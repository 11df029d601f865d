from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from planhat_tui.config import keys
from planhat_tui.config.loading import READERS, parse_config
from planhat_tui.config.reading import parse
from planhat_tui.config.schema import schema, write_beside
from planhat_tui.config.schemafile import MODELINE, SCHEMA_FILE
from planhat_tui.errors import StorageError
from tests.config.test_profiles import EXAMPLE
from tests.disk import read_only

if TYPE_CHECKING:
    from tests.config.conftest import Write

GOOD = "base_url: https://api.planhat.com, token: {env: T}"


def _valid(text: str) -> bool:
    """Whether an editor would leave a config unmarked."""
    config = parse(text, Path("config.yaml")).plain()
    return bool(jsonschema_rs.Draft202012Validator(schema()).is_valid(config))


def test_it_is_a_schema() -> None:
    jsonschema_rs.meta.validate(schema())


def test_the_whole_example_is_left_unmarked() -> None:
    assert _valid(EXAMPLE)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "default:",
        "profiles:",
        "settings:",
        "settings: {keymap: {keys: }}",
        f"profiles: {{a: {{{GOOD}}}}}",
        "profiles: {a: {base_url: https://api.planhat.com, token: plain}}",
        "profiles: {a: {base_url: http://127.0.0.1:8787, token: {keyring: a}}}",
        "settings: {history: 30d, history_size: 20}",
        "settings: {refresh: 30s, keymap: {preset: vim, keys: {tags: K}}}",
    ],
)
def test_what_the_reader_takes_is_left_unmarked(text: str) -> None:
    assert parse_config(text, Path("config.yaml")).problems == ()
    assert _valid(text)


@pytest.mark.parametrize(
    "text",
    [
        "profile: {}",
        "profiles: {a: {token: {env: T}}}",
        "profiles: {a: {base_url: https://api.planhat.com}}",
        f"profiles: {{a: {{{GOOD}, lable: X}}}}",
        f"profiles: {{a: {{{GOOD}, auth: digest}}}}",
        f"profiles: {{a: {{{GOOD}, read_only: yes}}}}",
        f"profiles: {{a: {{{GOOD}, max_bulk: 0}}}}",
        f"profiles: {{a: {{{GOOD}, accent: red}}}}",
        f"profiles: {{a: {{{GOOD}, confirm: ''}}}}",
        f"profiles: {{a: {{{GOOD}, web_url: http://app.example}}}}",
        "profiles: {a: {base_url: https://api.planhat.com, token: {env: T, file: /t}}}",
        "profiles: {a: {base_url: https://api.planhat.com, token: {evn: T}}}",
        "profiles: {a: {base_url: https://api.planhat.com/v1, token: {env: T}}}",
        "settings: {refresh: soon}",
        "settings: {history_size: 0}",
        "settings: {keymap: {preset: emacs}}",
        "settings: {keymap: {keys: {tgas: T}}}",
    ],
)
def test_what_the_reader_refuses_is_marked(text: str) -> None:
    assert parse_config(text, Path("config.yaml")).problems != ()
    assert not _valid(text)


def test_every_key_is_described() -> None:
    made: Any = schema()
    profile = made["$defs"]["Profile"]["properties"]
    assert profile.keys() == READERS.keys() | {"token"}
    assert all("description" in one for one in profile.values())
    assert made["$defs"]["Keys"]["properties"].keys() == {key.name for key in keys.KEYS}


def test_it_is_written_where_the_first_line_of_a_config_names_it(write: Write) -> None:
    config = write("")
    write_beside(config)
    named = MODELINE.strip().rpartition("./")[2]
    assert json.loads((config.parent / named).read_text()) == schema()


def test_a_folder_that_cant_be_written_is_told(write: Write) -> None:
    config = write("")
    with read_only(config.parent), pytest.raises(StorageError, match=SCHEMA_FILE):
        write_beside(config)

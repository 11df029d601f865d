from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.config.keys import PRESETS
from planhat_tui.config.loading import load_config, parse_config
from planhat_tui.config.profiles import (
    Config,
    Profile,
    Settings,
    TokenSource,
)
from planhat_tui.errors import ConfigError, NotFoundError

if TYPE_CHECKING:
    from tests.config.conftest import Write

FILE = Path("config.yaml")
EXAMPLE = """\
default: acme-eu
profiles:
  acme-eu:
    base_url: https://api-eu.planhat.com
    tenant_uuid: 199627f7-0d65-52cd-89b9-45b5ff561bem
    token: {env: PLANHAT_TOKEN}        # or a command
    auth: basic
    external_user_id: max123           # who logs calls
    label: PRODUCTION
    accent: "#ff8a65"
    call_note_field: Last call note
    web_url: "https://app.planhat.com/profile/{id}"
    proxy: http://proxy.example:3128
    read_only: true
    no_delete: true
    max_bulk: 200
    confirm: type
    confirm_over: 50
    reason: "Production. Ask in #cs-ops first."
    dialect: seed
  play:
    base_url: http://127.0.0.1:8787
    token: {command: "pass planhat"}
settings:
  theme: fjord
  refresh: 10m
  keymap: {preset: vim, keys: {find: "/, F3", tags: K}}
"""
GOOD = "  good: {base_url: https://api.planhat.com, token: {env: T}}\n"


def _profile(lines: str) -> Config:
    """A config of a profile acme with these lines, and a good one below it."""
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    return parse_config(f"profiles:\n  acme:\n{body}{GOOD}", FILE)


def _problem(config: Config) -> ConfigError:
    (problem,) = config.problems
    assert problem.path == config.path
    return problem


def test_the_whole_example_is_understood() -> None:
    config = parse_config(EXAMPLE, FILE)
    assert config.problems == ()
    assert config.warnings == ()
    assert config.default == "acme-eu"
    assert config.profiles == {
        "acme-eu": Profile(
            name="acme-eu",
            base_url="https://api-eu.planhat.com",
            token=TokenSource("env", "PLANHAT_TOKEN"),
            auth="basic",
            tenant_uuid="199627f7-0d65-52cd-89b9-45b5ff561bem",
            external_user_id="max123",
            label="PRODUCTION",
            accent="#ff8a65",
            call_note_field="Last call note",
            web_url="https://app.planhat.com/profile/{id}",
            proxy="http://proxy.example:3128",
            read_only=True,
            no_delete=True,
            max_bulk=200,
            confirm="type",
            confirm_over=50,
            reason="Production. Ask in #cs-ops first.",
            dialect="seed",
        ),
        "play": Profile(
            name="play",
            base_url="http://127.0.0.1:8787",
            token=TokenSource("command", "pass planhat"),
        ),
    }
    assert config.settings == Settings(
        theme="fjord",
        refresh=600.0,
        preset="vim",
        keys={**PRESETS["vim"], "find": "slash,f3", "tags": "K"},
    )


def test_the_example_sets_every_key_to_something_of_its_own() -> None:
    profile = parse_config(EXAMPLE, FILE).profiles["acme-eu"]
    plain = Profile("", "", TokenSource("text", ""))
    same = {name for name in Profile._fields if getattr(profile, name) == getattr(plain, name)}
    assert same == {"demo"}  # which no file can say


def test_the_file_and_its_text_mean_the_same(write: Write) -> None:
    path = write(EXAMPLE)
    assert load_config(path) == parse_config(EXAMPLE, path)


@pytest.mark.parametrize(
    "text", ["", "# nothing yet\n", "profiles:\n", "settings:\n", "default:\n"]
)
def test_a_config_that_says_nothing_is_fine(text: str) -> None:
    assert parse_config(text, FILE) == Config(FILE)


def test_a_file_that_isnt_there_is_an_empty_config(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "config.yaml", tmp_path / "no" / "c.yaml", tmp_path / "file" / "c"):
        assert load_config(path) == Config(path)


def test_a_file_that_cant_be_read_is_a_problem_and_no_exception(tmp_path: Path) -> None:
    latin, loop = tmp_path / "latin.yaml", tmp_path / "loop"
    latin.write_bytes(b"default: \xe9\n")
    loop.symlink_to(loop)
    for path in (tmp_path, latin, loop, tmp_path / ("x" * 5000)):
        assert not load_config(path).profiles
        assert _problem(load_config(path)).path == path


@pytest.mark.parametrize(
    ("lines", "place", "message", "advice", "what"),
    [
        (
            "base_ulr: https://a.example\ntoken: {env: T}",
            (3, 5),
            "base_ulr",
            "Did you mean base_url?",
            "a typo",
        ),
        (
            "base_url: https://a.example\ntoken: {env: T}\nreadonly: true",
            (5, 5),
            "readonly",
            "Did you mean read_only?",
            "a typo below",
        ),
        (
            "base_url: https://a.example\ntoken: {env: T}\nxyzzy: 1",
            (5, 5),
            "xyzzy",
            "Allowed are base_url",
            "a key near to none",
        ),
        (
            "base_url: https://a.example\ntoken: {env: T}\nread_only: yes",
            (5, 16),
            "read_only must be true or false",
            "",
            "a wrong type",
        ),
        (
            "base_url: https://a.example\ntoken: {env: T}\nmax_bulk: many",
            (5, 15),
            "max_bulk must be a whole number",
            "",
            "text for a number",
        ),
        (
            "base_url: https://a.example\ntoken: {env: T}\nlabel: [a]",
            (5, 12),
            "label must be text",
            "quotes",
            "a list for text",
        ),
        (
            "base_url: https://a.example\ntoken: {env: T}\nauth: digest",
            (5, 11),
            "auth must be bearer or basic",
            "",
            "none of the words",
        ),
        (
            "base_url: https://a.example\ntoken: {env: T}\nlabel: a\nlabel: b",
            (6, 5),
            "label stands here twice; the first is on line 5",
            "Keep one",
            "a duplicate key",
        ),
        (
            "token: {env: T}",
            (3, 5),
            "base_url is missing",
            "https://api.planhat.com",
            "no address",
        ),
        (
            "base_url: https://a.example",
            (3, 5),
            "token is missing",
            "{env: PLANHAT_TOKEN}",
            "no token",
        ),
        (
            "base_url: http://a.example\ntoken: {env: T}",
            (3, 15),
            "readable",
            "https://",
            "http across a network",
        ),
        (
            "base_url: https://a.example\ntoken: {evn: T}",
            (4, 13),
            "token",
            "Did you mean env?",
            "a typo in the token",
        ),
        (
            "base_url: https://a.example\ntoken: {env: T, command: x}",
            (4, 12),
            "one source",
            "{env: NAME}",
            "two sources",
        ),
        (
            "base_url: https://a.example\ntoken: {}",
            (4, 12),
            "one source",
            "{env: NAME}",
            "no source",
        ),
        (
            "base_url: https://a.example\ntoken: {command: ' '}",
            (4, 22),
            "command is empty",
            "{env: PLANHAT_TOKEN}",
            "an empty source",
        ),
        (
            "base_url: https://a.example\ntoken: {file: token.txt}",
            (4, 19),
            "file must be a whole path",
            "Begin it with /",
            "a path from nowhere",
        ),
        (
            "base_url: https://a.example\ntoken: {env: T}\nweb_url: http://app.example/{id}",
            (5, 14),
            "web_url must start with https://",
            "/{id}",
            "a template without TLS",
        ),
        (
            "base_url: https://a.example\ntoken: {env: T}\nweb_url: 'https://app.example/{uid}'",
            (5, 14),
            "web_url can't hold {uid}",
            "{id}, {externalId}",
            "a template with a hole that nothing fills",
        ),
        (
            "base_url: https://a.example\ntoken: [a]",
            (4, 12),
            "token must be text",
            "quotes",
            "a list for a token",
        ),
    ],
)
def test_a_mistake_has_its_place_and_the_other_profile_still_opens(
    lines: str, place: tuple[int, int], message: str, advice: str, what: str
) -> None:
    config = _profile(lines)
    problem = _problem(config)
    assert (problem.line, problem.column) == place, what
    assert problem.message.startswith("Profile acme: ")
    assert message in problem.message
    assert advice in problem.advice
    assert list(config.profiles) == ["good"]
    assert config.refused == {"acme": (problem,)}


def test_a_profile_without_a_line_is_a_problem_of_its_own() -> None:
    config = parse_config(f"profiles:\n  acme:\n{GOOD}", FILE)
    assert _problem(config).message.startswith("Profile acme: ")
    assert list(config.profiles) == ["good"]


def test_two_profiles_of_one_name_dont_open_and_the_third_does() -> None:
    config = parse_config(
        "profiles:\n"
        "  acme: {base_url: https://a.example, token: {env: A}}\n"
        "  acme: {base_url: https://b.example, token: {env: B}}\n" + GOOD,
        FILE,
    )
    problem = _problem(config)
    assert (problem.line, problem.column) == (3, 3)
    assert "twice" in problem.message
    assert list(config.profiles) == ["good"]


def test_an_unknown_part_is_a_problem_and_the_profiles_still_open() -> None:
    config = parse_config(f"profiles:\n{GOOD}setings: {{theme: fjord}}\n", FILE)
    problem = _problem(config)
    assert (problem.line, problem.column) == (3, 1)
    assert problem.advice == "Did you mean settings?"
    assert list(config.profiles) == ["good"]


@pytest.mark.parametrize("text", ["- a\n", "profiles: [a]\n", "profiles: acme\n", "just text\n"])
def test_what_must_be_a_mapping_and_isnt_is_a_problem(text: str) -> None:
    config = parse_config(text, FILE)
    assert config.unreadable == (not text.startswith("profiles"))
    assert "mapping" in _problem(config).message
    assert config.profiles == {}


def test_every_mistake_is_told_not_only_the_first_of_each_profile() -> None:
    text = f"""\
defualt: a
profiles:
  a:
    token: {{env: T}}
    read_only: yes
    label: A
    label: B
    auht: basic
{GOOD}  b: {{base_url: "http://b.example", token: {{evn: T}}, max_bulk: 0}}
  a b: {{}}
settings: {{refresh: soon, theme: [a], colour: red, keymap: {{preset: emacs, keys: {{tgas: T}}}}}}
"""
    told = [(problem.line, problem.message) for problem in parse_config(text, FILE).problems]
    assert told == [
        (1, "The config has no key defualt."),
        (4, "Profile a: base_url is missing."),
        (5, "Profile a: read_only must be true or false."),
        (7, "Profile a: The key label stands here twice; the first is on line 6."),
        (8, "Profile a: a profile has no key auht."),
        (10, "Profile b: http is for this machine only: a token would travel readable."),
        (10, "Profile b: token has a key that it can't have."),
        (10, "Profile b: max_bulk must be a whole number from 1."),
        (11, "Profile a b: A profile's name has letters, digits, dots and dashes."),
        (11, "Profile a b: base_url is missing."),
        (11, "Profile a b: token is missing."),
        (12, "refresh must be a length of time from 10s on."),
        (12, "theme must be text."),
        (12, "settings has no key colour."),
        (12, "preset must be default or vim."),
        (12, "There is no command tgas for a key."),
    ]


def test_a_setting_with_a_mistake_leaves_the_others() -> None:
    settings = parse_config("settings: {refresh: soon, theme: fjord}\n", FILE).settings
    assert settings == Settings(theme="fjord")


@pytest.mark.parametrize("name", ["demo", "demo-2"])
def test_the_demos_names_are_its_own(name: str) -> None:
    config = parse_config(f"profiles:\n{GOOD}{GOOD.replace('good', name)}", FILE)
    problem = _problem(config)
    assert (problem.line, problem.column) == (3, 3)
    assert f"{name} is the demo's own name" in problem.message
    assert list(config.profiles) == ["good"]


@pytest.mark.parametrize("name", ["acme eu", "-x", "ä", "a/b", "''", "x" * 65, '"a\\nb"', ".."])
def test_a_name_that_no_shell_would_like_is_refused(name: str) -> None:
    config = parse_config(f"profiles:\n{GOOD}  {name}: {GOOD.split(':', 1)[1]}", FILE)
    assert (_problem(config).line, _problem(config).column) == (3, 3)
    assert list(config.profiles) == ["good"]


@pytest.mark.parametrize("name", ["acme-eu", "acme.eu_2", "2026", "no", "x" * 64])
def test_other_names_are_taken(name: str) -> None:
    config = parse_config(f"default: {name}\nprofiles:\n{GOOD.replace('good', name)}", FILE)
    assert config.problems == ()
    assert config.default == name
    assert config.profiles[name].name == name


@pytest.mark.parametrize(
    ("written", "source"),
    [
        ("sekret-1", TokenSource("text", "sekret-1")),
        ("'  padded  '", TokenSource("text", "  padded  ")),
        ("12345678901234567890", TokenSource("text", "12345678901234567890")),
        ("1.50", TokenSource("text", "1.50")),
        ("{env: ACME_TOKEN}", TokenSource("env", "ACME_TOKEN")),
        ("{command: pass show acme}", TokenSource("command", "pass show acme")),
        ("{file: ~/acme.token}", TokenSource("file", "~/acme.token")),
        ("{keyring: acme-eu}", TokenSource("keyring", "acme-eu")),
    ],
)
def test_a_token_comes_from_one_of_five_places(written: str, source: TokenSource) -> None:
    config = _profile(f"base_url: https://a.example\ntoken: {written}")
    assert config.problems == ()
    assert config.profiles["acme"].token == source


def test_a_token_in_plain_text_is_warned_of() -> None:
    config = parse_config(
        "profiles:\n  acme: {base_url: https://a.example, token: sekret-1}\n", FILE
    )
    (warning,) = config.warnings
    assert "acme" in warning
    assert "plain text" in warning
    assert "{env: NAME}" in warning


def test_a_token_is_in_no_repr_no_warning_and_no_problem(write: Write) -> None:
    plain = "profiles:\n  acme: {base_url: https://a.example, token: sekret-1}\n"
    wrong = (
        plain.replace("token: sekret-1", "token: {sekret-1}"),
        plain.replace("token: sekret-1", "token: [sekret-1]"),
        plain.replace("token: sekret-1", "token: *sekret-1"),
        plain.replace("token: sekret-1", "token: !sekret-1"),
        plain.replace("token: sekret-1", "token: sekret-1, token: sekret-1"),
        plain.replace("token: sekret-1", "token: {env: sekret-1, command: sekret-1}"),
        "default: {token: sekret-1}\n",
    )
    said = [repr(parse_config(plain, FILE)), repr(load_config(write(plain, 0o644)).problems)]
    said += [str(load_config(write(plain, 0o644)).problems[0])]
    for text in wrong:
        said += [str(_problem(parse_config(text, FILE)))]
    assert [words for words in said if "sekret" in words] == []


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_plain_token_in_a_file_of_others_is_refused(write: Write, mode: int) -> None:
    path = write(f"profiles:\n  acme:\n    base_url: https://a.example\n    token: s\n{GOOD}", mode)
    config = load_config(path)
    problem = _problem(config)
    assert (problem.line, problem.column) == (4, 5)
    assert "others can read" in problem.message
    assert problem.advice == f"Run: chmod 600 {path}"
    assert list(config.profiles) == ["good"]
    path.chmod(0o600)
    assert list(load_config(path).profiles) == ["acme", "good"]


def test_a_command_in_a_file_that_others_can_write_is_refused(write: Write) -> None:
    entry = "{base_url: https://a.example, token: {command: pass acme}}"
    path = write(f"profiles:\n  acme: {entry}\n", 0o664)
    problem = _problem(load_config(path))
    assert "others can write" in problem.message
    assert problem.advice == f"Run: chmod 600 {path}"
    path.chmod(0o644)
    assert load_config(path).problems == ()


def test_a_file_of_others_without_a_token_in_it_is_fine(write: Write) -> None:
    assert load_config(write(f"profiles:\n{GOOD}", 0o644)).problems == ()


def test_without_a_default_the_only_profile_is_it() -> None:
    config = parse_config(f"profiles:\n{GOOD}", FILE)
    assert (config.default, config.undecided, config.warnings) == ("good", None, ())


def test_of_several_profiles_none_is_the_default_unless_its_named() -> None:
    two = f"profiles:\n{GOOD}{GOOD.replace('good', 'other')}"
    assert parse_config(f"{two}default: other\n", FILE).default == "other"
    config = parse_config(two, FILE)
    assert config.default == ""
    assert config.problems == ()
    assert "There are several profiles and no default.  Name one with -p" in str(config.undecided)
    assert "profile use NAME makes one the default" in config.warnings[0]


def test_a_profile_beside_one_with_a_mistake_isnt_taken_for_it() -> None:
    config = parse_config(f"profiles:\n  bad: {{base_url: https://a.example}}\n{GOOD}", FILE)
    assert (config.default, config.sole) == ("", "good")
    assert "several profiles and no default" in str(config.undecided)
    two = f"{GOOD}{GOOD.replace('good', 'other')}"
    assert not parse_config(f"profiles:\n  bad: {{token: x}}\n{two}", FILE).sole
    assert not parse_config(f"default: bad\nprofiles:\n  bad: {{token: x}}\n{GOOD}", FILE).sole


def test_where_the_only_profile_has_a_mistake_that_is_why_none_is_the_default() -> None:
    config = parse_config("profiles:\n  bad: {base_url: https://a.example}\n", FILE)
    assert config.undecided == _problem(config)


def test_a_default_that_isnt_there_is_a_problem_with_the_nearest_name() -> None:
    config = parse_config(f"default: goood\nprofiles:\n{GOOD}", FILE)
    problem = _problem(config)
    assert (problem.line, problem.column) == (1, 10)
    assert problem.message == "default goood is no profile (did you mean good?)."
    assert problem.advice == "Name one with -p, or mend default."
    assert config.default == ""
    assert config.undecided == problem


def test_a_default_with_a_mistake_is_told_of_once() -> None:
    config = parse_config(
        f"default: bad\nprofiles:\n  bad: {{base_url: https://a.example}}\n{GOOD}", FILE
    )
    assert _problem(config).message.startswith("Profile bad: ")
    assert config.default == ""
    assert config.undecided == _problem(config)


@pytest.mark.parametrize("written", ["[a]", "{a: b}", "true"])
def test_a_default_that_isnt_text_is_a_problem(written: str) -> None:
    config = parse_config(f"default: {written}\nprofiles:\n{GOOD}", FILE)
    assert _problem(config).message == "default must be text."
    assert config.default == ""
    assert config.undecided == _problem(config)


def test_a_profile_is_found_by_name_or_its_mistake_is_told() -> None:
    config = parse_config(f"profiles:\n  bad: {{}}\n{GOOD}", FILE)
    assert config.find("good").name == "good"
    with pytest.raises(ConfigError, match="base_url is missing"):
        config.find("bad")
    with pytest.raises(ConfigError, match=r"1 more: planhat-tui config check tells all"):
        config.find("bad")
    with pytest.raises(NotFoundError) as caught:
        config.find("goood")
    assert caught.value.advice == "Did you mean good?"
    with pytest.raises(NotFoundError) as caught:
        config.find("zzzzzz")
    assert "profile list" in caught.value.advice


@pytest.mark.parametrize(
    ("settings", "place", "message"),
    [
        ("{them: fjord}", (1, 12), "settings has no key them"),
        ("{refresh: 5}", (1, 21), "refresh must be a length of time"),
        ("{refresh: 5s}", (1, 21), "from 10s"),
        ("{theme: [a]}", (1, 19), "theme must be text"),
        ("{keymap: {preset: emacs}}", (1, 29), "preset must be default or vim"),
        ("{keymap: {prest: vim}}", (1, 21), "keymap has no key prest"),
        ("{keymap: vim}", (1, 20), "keymap must be a mapping"),
        ("{keymap: {keys: [a]}}", (1, 27), "keys must be a mapping"),
        ("{keymap: {keys: {find: true}}}", (1, 34), "find must be text"),
        ("{theme: a, theme: b}", (1, 22), "theme stands here twice"),
        ("[a]", (1, 11), "settings must be a mapping"),
    ],
)
def test_a_mistake_in_the_settings_leaves_the_profiles_and_plain_settings(
    settings: str, place: tuple[int, int], message: str
) -> None:
    config = parse_config(f"settings: {settings}\nprofiles:\n{GOOD}", FILE)
    problem = _problem(config)
    assert (problem.line, problem.column) == place
    assert message in problem.message
    assert config.settings == Settings()
    assert list(config.profiles) == ["good"]


@pytest.mark.parametrize(
    ("written", "seconds"), [("10s", 10), ("5m", 300), ("2h", 7200), ("2d", 172_800)]
)
def test_refresh_is_a_length_of_time(written: str, seconds: float) -> None:
    assert parse_config(f"settings: {{refresh: {written}}}", FILE).settings.refresh == seconds


def test_how_much_of_the_past_is_kept_can_be_set() -> None:
    settings = parse_config("settings: {history: 30d, history_size: 20}", FILE).settings
    assert settings == Settings(history=30 * 86_400.0, history_size=20)
    config = parse_config("settings: {history: long, history_size: 0}", FILE)
    assert config.settings == Settings()
    assert [problem.message for problem in config.problems] == [
        "history must be a length of time from 10s on.",
        "history_size must be a whole number from 1.",
    ]


def test_settings_left_empty_are_the_plain_ones() -> None:
    text = "settings:\n  keymap:\n    # keys: {find: x}\n"
    assert parse_config(text, FILE) == Config(FILE)


WORDS = st.sampled_from(
    [
        *("default", "profiles", "settings", "acme", "demo", "base_url", "token", "env", "command"),
        *("https://a.example", "http://x", "theme", "refresh", "5m", "keymap", "keys", "true"),
        *(": ", ":\n", "\n", "\n  ", "\n    ", "{", "}", "[", "]", ", ", "&a ", "*a", "!t", "'"),
        *('"', "#", "- ", "\t", "12", "9" * 5000, "\\U99999999", "[" * 99, "\x00", "\u202e"),
    ]
)


@given(st.one_of(st.text(), st.lists(WORDS, max_size=25).map("".join)))
def test_no_text_makes_the_reader_fail_and_every_problem_has_its_path(text: str) -> None:
    config = parse_config(text, FILE)
    assert all(problem.path == FILE for problem in config.problems)
    assert all(problem.line >= 1 for problem in config.problems)
    assert set(config.profiles) >= {config.default} - {""}


@given(st.one_of(st.binary(), st.lists(WORDS, max_size=25).map("".join).map(str.encode)))
def test_no_file_makes_the_reader_fail(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(raw)
    assert all(problem.path == path for problem in load_config(path).problems)


def test_a_tokens_source_is_in_normal_form() -> None:
    assert TokenSource("env", " $ACME ") == TokenSource("env", "ACME")
    assert TokenSource("text", " s3cret\n").value == "s3cret"
    assert TokenSource("command", "pass $ACME").value == "pass $ACME"


def test_a_profile_that_stands_twice_is_told_with_what_else_is_wrong_of_it() -> None:
    text = "profiles:\n  a:\n    base_url: x\n    colour: red\n  a: {base_url: y}\n"
    told = [(problem.line, problem.message) for problem in parse_config(text, FILE).problems]
    assert (5, "Profile a: The key a stands here twice; the first is on line 2.") in told
    assert {line for line, _ in told} == {3, 4, 5}
    assert "Profile a: token is missing." in {message for _, message in told}

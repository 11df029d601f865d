from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.config.reading import Plain, parse, parse_by_part, read_by_part
from planhat_tui.errors import ConfigError

FILE = Path("config.yaml")


def _meaning(text: str) -> Plain:
    return parse(text, FILE).plain()


def _mistake(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        parse(text, FILE)
    assert caught.value.path == FILE
    return caught.value


@pytest.mark.parametrize(
    "written",
    [
        *("on", "off", "yes", "no", "y", "n", "True", "FALSE", "Null", "NULL"),
        *("012", "0o14", "0x1f", "1_000", "+46701234567", "1e3", ".5", "5.", ".inf", "1:30"),
        *("2026-02-30", "2026-02-03", "10:20:30", "=", "<<", "12a", "-", "٣", "1٣"),
    ],
)
def test_what_other_yaml_would_turn_into_something_else_stays_text(written: str) -> None:
    assert _meaning(f"key: {written}" if written != "-" else "key: '-'") == {"key": written}


@pytest.mark.parametrize(
    ("written", "meaning"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("12", 12),
        ("-3", -3),
        ("1.50", 1.5),
        ("-0.25", -0.25),
        ("[1, no]", [1, "no"]),
        ("{a: {b: true}}", {"a": {"b": True}}),
    ],
)
def test_true_false_null_and_decimal_numbers_have_a_meaning(written: str, meaning: Plain) -> None:
    found = _meaning(f"key: {written}")
    assert found == {"key": meaning}
    assert isinstance(found, dict)
    assert type(found["key"]) is type(meaning)


@pytest.mark.parametrize("written", ["'true'", '"12"', '""', "'~'", "|-\n  true", ">-\n  12"])
def test_what_stands_in_quotes_or_a_block_is_text(written: str) -> None:
    found = _meaning(f"key: {written}")
    assert isinstance(found, dict)
    assert isinstance(found["key"], str)


def test_a_number_with_more_digits_than_any_number_has_is_text() -> None:
    digits = "9" * 5000
    assert _meaning(f"key: {digits}") == {"key": digits}
    assert _meaning(f"key: {digits}.5") == {"key": f"{digits}.5"}


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n"])
def test_a_file_that_says_nothing_is_an_empty_mapping(text: str) -> None:
    root = parse(text, FILE)
    assert root.plain() in ({}, None)


def test_every_value_knows_its_place() -> None:
    root = parse("a: 1\nb:\n  - x\n  - {c: d}\n", FILE)
    assert (root.line, root.column) == (1, 1)
    b = root.mapping("it")["b"]
    assert isinstance(b.value, list)
    c = b.value[1].mapping("it")["c"]
    assert (c.line, c.column, c.name, c.written) == (4, 9, "c", "d")
    assert root.keys == {"a": (1, 1), "b": (2, 1)}
    assert str(c.error("Wrong.", "Right it.")) == "config.yaml:4:9: Wrong.  Right it."


def test_a_key_that_stands_twice_is_refused_and_both_lines_are_named() -> None:
    mistake = _mistake("a: 1\nouter:\n  key: 1\n  other: 2\n  key: 1\n")
    assert (mistake.line, mistake.column) == (5, 3)
    assert "key" in mistake.message
    assert "twice" in mistake.message
    assert "line 3" in mistake.message


def test_the_same_key_in_two_mappings_is_fine() -> None:
    assert _meaning("a: {key: 1}\nb: {key: 2}\n") == {"a": {"key": 1}, "b": {"key": 2}}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: &x 1\nb: *x\n", (2, 4)),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", (3, 7)),
        ("a: &x [*x]\n", (1, 8)),
        ("token: *secret\n", (1, 8)),
    ],
)
def test_an_alias_is_refused_where_it_stands_and_not_quoted(
    text: str, place: tuple[int, int]
) -> None:
    mistake = _mistake(text)
    assert (mistake.line, mistake.column) == place
    assert "alias" in mistake.message
    assert "secret" not in str(mistake)


@pytest.mark.parametrize("tag", ["!!python/object:os.system", "!!int", "!mine", "!!str"])
def test_a_tag_is_refused(tag: str) -> None:
    mistake = _mistake(f"a: 1\nkey: {tag} x\n")
    assert (mistake.line, mistake.column) == (2, 6)
    assert "tag" in mistake.message


@pytest.mark.parametrize("text", ["? [a, b]\n: 1\n", "{{a: b}: 1}"])
def test_a_key_must_be_text(text: str) -> None:
    mistake = _mistake(text)
    assert mistake.line == 1
    assert "key" in mistake.message


@pytest.mark.parametrize(
    "text",
    ["[" * 5000, "{a: " * 5000, "- " * 5000, "[" * 22 + "]" * 22],
    ids=["lists", "mappings", "dashes", "closed"],
)
def test_what_is_nested_too_deep_is_refused(text: str) -> None:
    mistake = _mistake(text)
    assert mistake.line == 1
    assert "deep" in mistake.message


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: 1\nb: c: d\n", 2, 5),
        ("a: 1\n\tb: 2\n", 2, 1),
        ("a: 1\n  b: 2\n", 2, 4),
        ('a: 1\nb: "open\n', 3, 1),
        ("a: 1\n---\nb: 2\n", 2, 1),
        ("a: 1\nb: %x\n", 2, 4),
        ("a: 1\nb: x\x07y\n", 2, 5),
        ('a: 1\nb: "\\UFFFFFFFF"\n', 2, 7),
    ],
)
def test_what_isnt_yaml_is_refused_with_its_place(text: str, line: int, column: int) -> None:
    mistake = _mistake(text)
    assert (mistake.line, mistake.column) == (line, column)


def test_an_unknown_key_gets_the_nearest_that_is_valid() -> None:
    root = parse("theme: x\nrefesh: 5m\n", FILE)
    with pytest.raises(ConfigError) as caught:
        root.known_keys("settings", ("theme", "refresh", "keymap"))
    assert str(caught.value) == (
        "config.yaml:2:1: settings has no key refesh.  Did you mean refresh?"
    )


def test_an_unknown_key_near_to_none_gets_all_that_are_valid() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("zzz: x\n", FILE).known_keys("settings", ("theme", "refresh"))
    assert caught.value.advice == "Allowed are theme, refresh."


@pytest.mark.parametrize("text", ["a: x", "a: [1]", "a:"])
def test_what_must_be_a_mapping_says_so(text: str) -> None:
    node = parse(text, FILE).mapping("it")["a"]
    with pytest.raises(ConfigError, match="a must be a mapping") as caught:
        node.mapping("a")
    assert caught.value.line == 1


def test_read_by_part_a_mistake_waits_until_its_value_is_asked_for() -> None:
    root = parse_by_part("bad: {x: 1, x: 2}\ngood: {x: 1}\n", FILE)
    parts = root.mapping("it")
    assert parts["good"].plain() == {"x": 1}
    with pytest.raises(ConfigError, match="x stands here twice"):
        parts["bad"].plain()


def test_a_file_that_isnt_there_or_isnt_utf_8_is_an_error_with_its_path(tmp_path: Path) -> None:
    missing, latin, folder = tmp_path / "no.yaml", tmp_path / "latin.yaml", tmp_path / "folder"
    latin.write_bytes("a: \xe9".encode("latin-1"))
    folder.mkdir()
    for path in (missing, latin, folder):
        with pytest.raises(ConfigError) as caught:
            read_by_part(path)
        assert caught.value.path == path
        assert str(caught.value).startswith(f"{path}: ")


def test_a_byte_order_mark_and_windows_line_ends_are_read_over(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: x\r\nb: y\r\n")
    assert read_by_part(path).plain() == {"a": "x", "b": "y"}


PIECES = st.sampled_from(
    [
        *("a", "b", ": ", "- ", "\n", "  ", "#", "'", '"', "[", "]", "{", "}", "|", "? ", "%"),
        *("&x ", "*x", "!t ", "\\", "true", "~", "12", "1.5", "---\n", "...\n", "\t"),
        *("\x00", "\ud800", "\ufeff"),
    ]
)


def _mistake_if_any(text: str) -> ConfigError | None:
    try:
        parse(text, FILE).plain()
    except ConfigError as mistake:
        return mistake
    return None


@given(st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join)))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    mistake = _mistake_if_any(text)
    if mistake:
        assert mistake.path == FILE
        assert mistake.line >= 1
        assert mistake.column >= 1

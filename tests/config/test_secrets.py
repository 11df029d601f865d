from __future__ import annotations

import os
import shlex
import sys
import traceback
import types
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planhat_tui.config import secrets
from planhat_tui.config.profiles import How, TokenSource
from planhat_tui.config.secrets import checked, resolve_token
from planhat_tui.errors import TokenError

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "sekret-42"
HEADER = st.characters(min_codepoint=0x21, max_codepoint=0x7E)


def _python(code: str) -> TokenSource:
    return TokenSource("command", shlex.join([sys.executable, "-c", code]))


def _refused(source: TokenSource, env: dict[str, str] | None = None) -> TokenError:
    """The error of a token that isn't taken; nothing of it quotes the secret."""
    with pytest.raises(TokenError) as caught:
        resolve_token(source, env or {})
    error = caught.value
    assert SECRET not in "".join(traceback.format_exception(error))
    assert SECRET not in repr(error) + error.message + error.advice
    assert error.advice
    return error


def test_a_token_in_the_text_is_taken_without_the_blanks_around_it() -> None:
    assert resolve_token(TokenSource("text", f"  {SECRET}\n"), {}) == SECRET


def test_a_token_in_the_environment_is_taken() -> None:
    assert resolve_token(TokenSource("env", "ACME"), {"ACME": f"{SECRET}\r\n"}) == SECRET


def test_what_a_command_prints_is_the_token() -> None:
    assert resolve_token(_python(f"print({SECRET!r})"), dict(os.environ)) == SECRET


def test_a_command_has_the_environment_it_was_given() -> None:
    source = _python("import os; print(os.environ['ACME'])")
    assert resolve_token(source, {"ACME": SECRET}) == SECRET


def test_a_command_isnt_read_by_a_shell(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    source = _python("import sys; print('x'.join(sys.argv[1:]))")
    tail = TokenSource("command", f"{source.value} a ';' touch {trap} '$HOME'")
    assert resolve_token(tail, {}) == f"ax;xtouchx{trap}x$HOME"
    assert not trap.exists()


def test_a_command_has_nobody_to_ask() -> None:
    source = _python("import sys; print('got' + sys.stdin.read())")
    assert resolve_token(source, {}) == "got"


@pytest.mark.parametrize("env", [{}, {"ACME": ""}, {"ACME": " \n"}])
def test_an_environment_without_it_is_told_with_the_name(env: dict[str, str]) -> None:
    error = _refused(TokenSource("env", "ACME"), env)
    assert error.message == "The environment has no ACME."
    assert error.advice == "Set it: export ACME=..."


def test_a_command_that_fails_is_told_with_its_status_and_nothing_it_said() -> None:
    code = f"import sys; print({SECRET!r}); print({SECRET!r}, file=sys.stderr); sys.exit(3)"
    assert "status 3" in _refused(_python(code)).message


def test_a_command_that_isnt_there_is_told_without_quoting_it() -> None:
    error = _refused(TokenSource("command", f"/no/such/{SECRET}"))
    assert "No such file" in error.message


@pytest.mark.parametrize("command", ["", "  ", f"'{SECRET}", f"{SECRET}\\", f"a\x00{SECRET}"])
def test_a_command_that_is_none_is_told(command: str) -> None:
    assert "command" in _refused(TokenSource("command", command)).message


def test_a_command_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_COMMAND_SECONDS", 0.01)
    code = f"import signal; print({SECRET!r}, flush=True); signal.pause()"
    assert "took over" in _refused(_python(code)).message


@pytest.mark.parametrize("how", ["text", "command"])
def test_an_empty_token_is_refused(how: How) -> None:
    source = TokenSource("text", " \n") if how == "text" else _python("print()")
    assert _refused(source).message == "The token is empty."


@pytest.mark.parametrize("inside", ["\n", "\r", "\t", " ", "\x00", "\x7f", "é", "\u200b", "\ud800"])
def test_what_a_header_cant_hold_is_refused(inside: str) -> None:
    error = _refused(TokenSource("text", f"{SECRET}{inside}{SECRET}"))
    assert "characters" in error.message


def test_a_command_that_prints_two_lines_or_no_text_is_refused() -> None:
    assert "characters" in _refused(_python(f"print({SECRET!r}); print('user: max')")).message
    raw = f"import sys; sys.stdout.buffer.write(b'\\xff\\xfe{SECRET}')"
    assert "characters" in _refused(_python(raw)).message


def test_a_source_doesnt_show_its_value() -> None:
    assert SECRET not in repr(TokenSource("text", SECRET))


@given(st.text(HEADER, min_size=1), st.text(" \t\r\n"), st.text(" \t\r\n"))
def test_what_a_header_can_hold_is_taken_as_it_is(token: str, before: str, after: str) -> None:
    assert checked(f"{before}{token}{after}") == token


@given(st.text(HEADER), st.text(min_size=1), st.text(HEADER))
def test_a_token_that_is_taken_fits_into_a_header(a: str, b: str, c: str) -> None:
    try:
        token = checked(a + b + c)
    except TokenError:
        return
    assert token
    assert token.isascii()
    assert token.isprintable()
    assert " " not in token


# -- a file


def test_a_token_in_a_file_of_ones_own_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{SECRET}\n")
    file.chmod(0o600)
    assert resolve_token(TokenSource("file", str(file)), {}) == SECRET


def test_the_tilde_is_ones_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "token").write_text(SECRET)
    (tmp_path / "token").chmod(0o400)
    assert resolve_token(TokenSource("file", "~/token"), {}) == SECRET


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused_with_what_mends_it(
    tmp_path: Path, mode: int
) -> None:
    file = tmp_path / "my token"
    file.write_text(SECRET)
    file.chmod(mode)
    error = _refused(TokenSource("file", str(file)))
    assert "others" in error.message
    assert error.advice == f"Run: chmod 600 {shlex.quote(str(file))}"


def test_a_file_that_isnt_there_is_told(tmp_path: Path) -> None:
    error = _refused(TokenSource("file", str(tmp_path / "token")))
    assert "token can't be read: No such file or directory" in error.message


@pytest.mark.parametrize("written", ["/a\0b", "~nobody-of-this-name/token"])
def test_what_is_no_path_is_told(written: str) -> None:
    assert "is no path" in _refused(TokenSource("file", written)).message


@pytest.mark.parametrize("content", [b"", SECRET.encode() * 20_000, f"{SECRET}\nmore".encode()])
def test_a_file_that_holds_no_token_is_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    file.chmod(0o600)
    _refused(TokenSource("file", str(file)))


# -- a keyring


class _Keyring(types.ModuleType):
    """Stands for the package: keeps tokens by service and name, or fails."""

    def __init__(self, kept: dict[tuple[str, str], str], failing: str = "") -> None:
        super().__init__("keyring")
        self.errors = types.ModuleType("keyring.errors")
        general = type("KeyringError", (Exception,), {})
        self.errors.KeyringError = general  # type: ignore[attr-defined] # as in the package
        self.errors.NoKeyringError = type("NoKeyringError", (general, RuntimeError), {})  # type: ignore[attr-defined] # likewise
        self._kept, self._failing = kept, failing

    def get_password(self, service: str, name: str) -> str | None:
        if self._failing:
            raise getattr(self.errors, self._failing)(SECRET)
        return self._kept.get((service, name))

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "keyring", self)
        monkeypatch.setitem(sys.modules, "keyring.errors", self.errors)


ACME = TokenSource("keyring", "acme eu")


def test_a_token_in_a_keyring_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    _Keyring({(secrets.SERVICE, "acme eu"): SECRET}).install(monkeypatch)
    assert resolve_token(ACME, {}) == SECRET


def test_without_the_package_it_says_how_to_get_it_and_what_else_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    error = _refused(ACME)
    assert "pip install 'planhat-tui[keyring]'" in error.advice
    assert secrets.OTHER_WAYS in error.advice


@pytest.mark.parametrize(
    ("failing", "message"),
    [("NoKeyringError", "This system has no keyring."), ("KeyringError", "can't be opened")],
)
def test_a_keyring_that_isnt_there_or_is_locked_says_what_else_works(
    monkeypatch: pytest.MonkeyPatch, failing: str, message: str
) -> None:
    _Keyring({}, failing).install(monkeypatch)
    error = _refused(ACME)
    assert message in error.message
    assert secrets.OTHER_WAYS in error.advice


def test_a_keyring_without_the_name_says_how_to_put_it_in(monkeypatch: pytest.MonkeyPatch) -> None:
    _Keyring({}).install(monkeypatch)
    error = _refused(ACME)
    assert error.message == "The keyring has no token acme eu."
    assert "keyring set planhat-tui 'acme eu'" in error.advice

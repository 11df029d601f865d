"""A text in the person's own editor: ``VISUAL``, else ``EDITOR``, else vi."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from planhat_tui.errors import InputError, StorageError
from planhat_tui.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

_USUAL: Final = "vi"


def command_of(env: Mapping[str, str], *, has_terminal: bool) -> list[str]:
    """Return the editor's words. Raises :class:`InputError` if they can't be read, or none is set.

    Without a terminal only an editor that somebody has set can be meant.
    """
    set_ = env.get("VISUAL", "").strip() or env.get("EDITOR", "").strip()
    if not set_ and not has_terminal:
        raise InputError("There is no terminal for an editor.", "Set EDITOR to one without.")
    try:
        words = shlex.split(set_ or _USUAL)
    except ValueError:
        words = []
    if not words:
        raise InputError(
            f"{visible(set_)} is no command of an editor.", "Set EDITOR, such as EDITOR=nano."
        )
    return words


def edited(text: str, env: Mapping[str, str], *, has_terminal: bool) -> str:
    """Return a text as it was left in the editor; the file is its owner's alone, and goes again.

    Raises :class:`InputError` if there's no such editor, or it fails.
    """
    words = command_of(env, has_terminal=has_terminal)
    try:
        with tempfile.TemporaryDirectory(prefix="planhat-tui-") as folder:
            path = Path(folder) / "record.yaml"
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            _open(words, path)
            return path.read_text(encoding="utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise InputError("The text isn't UTF-8 any more.", "Save it as UTF-8.") from None
    except OSError as error:
        why = error.strerror or str(error)
        raise StorageError(f"The text can't be kept for the editor: {why}.") from error


def _open(words: list[str], path: Path) -> None:
    name = visible(words[0])
    try:
        status = subprocess.run([*words, str(path)], check=False).returncode  # noqa: S603 -- the person's own
    except FileNotFoundError:
        raise InputError(f"There is no editor {name}.", "Set EDITOR to one.") from None
    except OSError as error:
        raise InputError(f"{name} can't be started: {error.strerror}.", "Set EDITOR.") from None
    if status:
        raise InputError(f"{name} ended with {status}: nothing was changed.")

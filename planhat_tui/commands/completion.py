"""``completion``: what a shell needs to complete our words, values of the local copy too.

The scripts ask the program itself (``planhat-tui _complete``), so that they never grow old.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from planhat_tui.commands.completing import of_shell
from planhat_tui.commands.context import Door
from planhat_tui.commands.registry import verb, word
from planhat_tui.commands.results import Text
from planhat_tui.commands.words import at_end
from planhat_tui.errors import InputError
from planhat_tui.model.text import nearest, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planhat_tui.commands.context import Context
    from planhat_tui.commands.values import Sources

BASH: Final = r"""# bash completion for planhat-tui; planhat-tui completion bash prints it
_planhat_tui() {
    local reply
    COMPREPLY=()
    while IFS= read -r reply; do
        COMPREPLY+=("$reply")
    done < <(planhat-tui _complete bash "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
    case ${COMPREPLY[0]-} in
        *[=:/.]) compopt -o nospace 2>/dev/null ;;
    esac
}
complete -o nosort -F _planhat_tui planhat-tui 2>/dev/null ||
    complete -F _planhat_tui planhat-tui
"""

ZSH: Final = r"""#compdef planhat-tui
# zsh completion for planhat-tui; planhat-tui completion zsh prints it
_planhat-tui() {
    local value note
    local -a spaced open
    while IFS=$'\t' read -r value note; do
        value=${value//\\/\\\\}
        case $value in
            *[=:/.]) open+=("${value//:/\\:}:$note") ;;
            *) spaced+=("${value//:/\\:}:$note") ;;
        esac
    done < <(planhat-tui _complete zsh "${(@Q)words[2,CURRENT-1]}" "${words[CURRENT]}" 2>/dev/null)
    _describe -V value spaced
    _describe -V value open -S ''
}
if [ "$funcstack[1]" = _planhat-tui ]; then
    _planhat-tui "$@"
else
    compdef _planhat-tui planhat-tui
fi
"""

FISH: Final = r"""# fish completion for planhat-tui; planhat-tui completion fish prints it
function __planhat_tui_complete
    set -l before (commandline -opc)
    planhat-tui _complete fish $before[2..-1] (commandline -ct) 2>/dev/null
end
complete -c planhat-tui -f -k -a '(__planhat_tui_complete)'
"""

SCRIPTS: Final = {"bash": BASH, "zsh": ZSH, "fish": FISH}
_SAFE: Final = re.compile(r"([^\w@%+=:,./-])")
_SPECIAL: Final = re.compile(r"""[\\"$`]""")
"""What bash doesn't take literally in double quotes, but for ``!``."""


@verb(
    "completion",
    word("shell", f"one of {', '.join(SCRIPTS)}"),
    doors=Door.SHELL,
    needs_profile=False,
)
def completion(_ctx: Context, shell: str) -> Text:
    """Print the completion for a shell: eval "$(planhat-tui completion bash)" in its start file."""
    if shell not in SCRIPTS:
        near = nearest(shell, SCRIPTS)
        advice = f"Did you mean {near}?" if near else f"There are: {', '.join(SCRIPTS)}."
        raise InputError(f"There is no completion for {shell}.", advice, field="shell")
    return Text(SCRIPTS[shell])


def replies(shell: str, words: Sequence[str], sources: Sources) -> Iterator[str]:
    """Return the lines that a shell's script asks for.

    bash gives the line up to the cursor and its own idea of the last word, the others give words:
    the last one as it is typed, with its quote open or not.
    """
    if shell == "bash":
        line, last = (*words, "", "")[:2]
        yield from _for_bash(line, last, sources)
        return
    before, typed = words[:-1], words[-1] if words else ""
    for text, note in of_shell(before, at_end(typed).typed, sources).choices:
        yield f"{visible(text)}\t{visible(note)}"


def line_words(shell: str, words: Sequence[str]) -> tuple[str, ...]:
    """Return the whole words before the one that is typed, without the program's name."""
    return at_end(words[0]).before[1:] if shell == "bash" and words else tuple(words[:-1])


def _for_bash(line: str, last: str, sources: Sources) -> Iterator[str]:
    """Return what takes the place of the last word: bash parts words at colons and equals signs.

    Where a quote is open it takes the place of what stands behind that.
    """
    cursor = at_end(line)
    raw = line[cursor.start :]
    place, quote = _open_quote(raw)
    if quote:
        cut = len(at_end(raw[:place]).typed)
    else:
        shared = at_end(last).typed
        cut = len(cursor.typed) - len(shared) if cursor.typed.endswith(shared) else 0
    for choice in of_shell(cursor.before[1:], cursor.typed, sources).choices:
        text = visible(choice.text)[cut:]
        if not quote and raw.startswith("~") and text.startswith("~"):  # bash knows whose it is
            yield f"~{_escaped(text[1:], quote)}"
        else:
            yield _escaped(text, quote)


def _escaped(text: str, quote: str) -> str:
    """Return a text as bash takes it literally behind an open quote, or behind none.

    In double quotes a backslash in front of ``!`` would stay: the quote is left for it.
    """
    if quote == "'":
        return text.replace("'", r"'\''")
    if quote == '"':
        return _SPECIAL.sub(r"\\\g<0>", text).replace("!", "\"'!'\"")
    return _SAFE.sub(r"\\\1", text)


def _open_quote(raw: str) -> tuple[int, str]:
    """Return where a quote is that is open at the end of a word, and which; empty if none is."""
    place, quote, escaped = 0, "", False
    for at, char in enumerate(raw):
        if escaped:
            escaped = False
        elif char == "\\" and quote != "'":
            escaped = True
        elif char == quote:
            quote = ""
        elif not quote and char in "'\"":
            place, quote = at, char
    return place, quote

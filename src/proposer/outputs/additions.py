"""The lines that a proposal adds, looked through for secrets and for what no reader sees."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from proposer.inputs.untrusted import invisible
from proposer.outputs.reasons import Reason

__all__ = ["scan"]

_BREAKS = frozenset("\r\x0b\x85\u2028\u2029")
"""Some reader of source code ends a line at these, and no `diff` does: what follows looks like part of a comment."""


def scan(before: Mapping[str, str], after: Mapping[str, str], redact: Callable[[str], str]) -> Iterator[Reason]:
    """Yield a reason for each added line that holds a secret or an invisible character.

    A line that stood, but for its indentation, in one of the old files is not new: it was moved.

    Args:
        before: old texts of the changed files by path.
        after: new texts.
        redact: masks secrets; a text that it changes holds one.
    """
    known = {line.strip() for text in before.values() for line in text.split("\n")}
    for path, text in sorted(after.items()):
        rows = [row for row in _added(before.get(path, ""), text) if row[1].strip() not in known]
        for number, line in rows:
            if _hidden(line.removeprefix("\ufeff") if number == 1 else line):
                yield Reason("invisible", path, f"line {number} holds characters that no reader sees")
        for block in _blocks(rows):
            yield from _secrets(path, block, redact)


def _added(old: str, new: str) -> Iterator[tuple[int, str]]:
    """Yield (number, line) of the lines that the old text has not, or not as often."""
    left = Counter(old.split("\n"))
    for number, line in enumerate(new.split("\n"), 1):
        if left[line] > 0:
            left[line] -= 1
        else:
            yield number, line


def _hidden(line: str) -> bool:
    text = line.removesuffix("\r")
    # A form feed at the start of a line is a page break that some style guides want.
    return bool(_BREAKS & set(text)) or "\x0c" in text.lstrip() or bool(invisible(text))


def _blocks(rows: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Yield runs of lines that stand below one another: a secret may go over several."""
    block: list[tuple[int, str]] = []
    for number, line in rows:
        if block and number != block[-1][0] + 1:
            yield block
            block = []
        block.append((number, line))
    if block:
        yield block


def _secrets(path: str, block: list[tuple[int, str]], redact: Callable[[str], str]) -> Iterator[Reason]:
    whole = "\n".join(line for _, line in block)
    if redact(whole) == whole:
        return
    lines = [number for number, line in block if redact(line) != line] or [block[0][0]]
    for number in lines:
        yield Reason("secret", path, f"line {number} holds what looks like a secret")

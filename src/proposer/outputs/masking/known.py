"""The secrets that a process knows itself, found in a text in whatever form they are written there."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence

from proposer.outputs.masking.encodings import forms
from proposer.outputs.masking.likeness import is_word
from proposer.outputs.masking.shadows import Shadow, Span, bare, folded, unescaped, visible

__all__ = ["Known", "is_worth"]

_SHORTEST = 6
_RULE = "value"
_LONG, _BEGINNING = 16, 10
"""Of a value of more than 16 characters, the first ten are telling."""

_WIDE, _NARROW = 15, 7
"""Bytes from which on an occurrence contains an aligned block of 8 bytes, and of 4."""

_CODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"
_FILL = re.compile(r"[A-Za-z0-9+/_-]{0,3}={0,2}")


def is_worth(value: str) -> bool:
    """Tell whether a value can be masked wherever it occurs without making reports unreadable.

    Short values, plain words, small numbers and paths cannot: `true`, `root`, `production`, `/usr/bin`.
    """
    value = value.strip()
    if len(value) < _SHORTEST or is_word(value):
        return False
    if len(value) < 8:  # noqa: PLR2004
        return any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    return len(set(value)) > 2  # noqa: PLR2004


class Known:
    """Exact values, ready to be looked for.

    An occurrence of n bytes contains a block of 8 (or 4) bytes at a place that is a multiple of 8 (or 4), if it is long
    enough. So one pass over the blocks of a text tells which forms can occur in it at all: nearly always none.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        values = tuple(secrets)
        self._coded: set[str] = set()
        written: set[str] = set()
        self._whole_values = [value.strip() for value in values if len(value.strip()) > _LONG and is_worth(value)]
        for part in {part for value in values for part in _parts(value)}:
            plain, cores = forms(part)
            written |= plain
            self._coded |= cores - plain
        written |= self._coded
        self._tiny: list[str] = []
        self._blocks: dict[int, dict[int, list[str]]] = {8: {}, 4: {}}
        for form in sorted(written, key=len, reverse=True):
            raw = form.encode("utf-8", "surrogatepass")
            size = 8 if len(raw) >= _WIDE else 4
            if len(raw) < _NARROW:
                self._tiny.append(form)
                continue
            for at in range(size):
                block = int.from_bytes(raw[at : at + size], sys.byteorder)
                self._blocks[size].setdefault(block, []).append(form)
        self._sets = {size: frozenset(table) for size, table in self._blocks.items()}
        self._any = bool(written)

    def __bool__(self) -> bool:
        return self._any

    def find(self, text: str, cuts: Callable[[int, int], Sequence[int]] | None = None) -> Iterator[Span]:
        """Yield every occurrence of every form.

        Args:
            text: where to look.
            cuts: tells the places inside a part of it where a line break was taken out.
        """
        if not self._any:
            return
        possible = {form for form in self._tiny if form in text}
        raw = text.encode("utf-8", "surrogatepass")
        for size, wanted in self._sets.items():
            if wanted:
                blocks = memoryview(raw[: len(raw) // size * size]).cast("Q" if size == 8 else "I")  # noqa: PLR2004
                for block in wanted.intersection(blocks):
                    possible.update(self._blocks[size][block])
        for value in self._whole_values:
            # A text that was cut short may end in the middle of a value.
            at = text.rfind(value[:_BEGINNING], max(0, len(text) - len(value)))
            if at >= 0 and value.startswith(text[at:]):
                yield Span(at, len(text), _RULE)
        for form in possible:
            at = text.find(form)
            while at >= 0:
                end = at + len(form)
                if form in self._coded:
                    apart = cuts(max(0, at - 4), end + 4) if cuts else ()
                    first = max((cut for cut in apart if cut <= at), default=0)
                    yield self._whole(
                        text, at, end, first, min((cut for cut in apart if cut >= end), default=len(text))
                    )
                else:
                    yield Span(at, end, _RULE)
                at = text.find(form, at + 1)

    def _whole(self, text: str, start: int, end: int, first: int, last: int) -> Span:
        """Take in the characters beside a base64 core, on its lines, which hold bits of the value as well."""
        begin = max(first, start - 3)
        begin += len(text[begin:start].rstrip(_CODE))
        after = _FILL.match(text, end, last)
        return Span(begin, after.end() if after else end, _RULE)


def _parts(value: str) -> set[str]:
    """Return a value, stripped, its lines, and the value on one line: what a fold or an indentation makes of it."""
    parts = {value, value.strip(), *value.splitlines(), *map(str.strip, value.splitlines())}
    # A text is unescaped, folded and cleared of what nobody sees: what that makes of the value counts as the value.
    for part in (value, value.strip()):
        shadow = Shadow(part)
        clear = bare(shadow)
        for other in (visible(shadow), clear, folded(shadow, words=True), folded(clear or shadow, words=True)):
            if other is not None:
                parts.add(other.text)
        parts |= {layer.text for layer in unescaped(shadow)}
    return {part for part in parts if is_worth(part)}

"""Finds vendors' tokens in a text, in one pass over its long runs of token characters."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from proposer.outputs.masking.formats import FORMATS, SHAPES, Format, Shape
from proposer.outputs.masking.likeness import is_drawn, is_vague
from proposer.outputs.masking.shadows import Span

__all__ = ["Tokens"]

_HINT = 3
_WHOLE = 36
_WORD = 4
"""A prefix of so many characters may be the end of an ordinary word."""

_KEY = 40
"""Characters in one piece that no name or identifier has: those are up to 32."""

_GLUE = 15
"""Characters that a word has at most which stands right before a token."""

_LINES = 6
_BOUND = 200
"""A body of this length has no length of its own: it goes on as far as its characters do."""

_STOPS = re.compile(r"[-_+/]")
_REST = re.compile(r"[A-Za-z0-9_-]*")
_PIECE = re.compile(r"[A-Za-z0-9+/=_-]*(?:\.[A-Za-z0-9+/=_-]+)*")
_DUMMY = re.compile(r"[xX*]{6,}|^[xX*.0_-]+$")
_SEQUENCE = re.compile(r"abcdefgh|ABCDEFGH|01234567|12345678")
_MIXED = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])|(?=[^0-9]*[0-9])[A-Za-z0-9]+$")
_SEPARATORS = "_-.$~:"
_FOLLOWS = frozenset(" \t\r\n\"'`,;)}]\\<")


class _Entry(NamedTuple):
    """One prefix of a format, compiled."""

    rule: str
    prefix: str
    body: re.Pattern[str]
    drawn: bool
    glued: bool


class Tokens:
    r"""A finder for formats and shapes.

    A prefix that ends with a separator (`ghp_`) is found anywhere, even glued to other letters: what stands before a
    token is not under our control, and `\n` before one may still be an escape. A prefix that ends with a letter
    (`AKIA`) must not follow a letter, but for that of such an escape, or those of one word where the format is rare.
    """

    def __init__(self, formats: tuple[Format, ...] = FORMATS, shapes: tuple[Shape, ...] = SHAPES) -> None:
        self._heads: dict[str, list[_Entry]] = defaultdict(list)
        self._tails: dict[str, list[_Entry]] = defaultdict(list)
        for row in formats:
            for prefix in row.prefixes.split():
                by_tail = prefix[-1] in _SEPARATORS
                table, hint = (self._tails, prefix[-_HINT:]) if by_tail else (self._heads, prefix[:_HINT])
                table[hint].append(_Entry(row.rule, prefix, re.compile(row.body), row.drawn, row.glued))
        rare = (entry.prefix for entries in self._heads.values() for entry in entries if entry.glued)
        self._glued = re.compile("|".join(map(re.escape, rare)) or r"(?!)")
        for table in (self._heads, self._tails):
            for entries in table.values():
                entries.sort(key=lambda entry: len(entry.prefix), reverse=True)
        self._before: dict[str, list[tuple[Shape, re.Pattern[str]]]] = defaultdict(list)
        self._behind: dict[str, list[tuple[Shape, re.Pattern[str]]]] = defaultdict(list)
        self._inside: list[tuple[Shape, re.Pattern[str]]] = []
        for shape in shapes:
            group = self._before[shape.before[-1]] if shape.before else self._inside
            (self._behind[shape.after[0]] if shape.after and not shape.before else group).append(
                (shape, re.compile(shape.pattern))
            )

    def find(self, text: str, runs: Iterable[tuple[int, int]], cuts: Sequence[int] = ()) -> Iterator[Span]:
        """Yield the tokens of a text, from left to right.

        Args:
            text: where to look.
            runs: its runs.
            cuts: places where a line break was taken out: a token may begin or end there as at the edge of a word.
        """
        done = 0
        for start, end in runs:
            for span in self._in_run(text, start, end, done, cuts):
                yield span
                done = max(done, span.end)
            for span in self._shaped(text, start, end, cuts):
                yield span
                done = max(done, span.end)

    def _in_run(self, text: str, start: int, end: int, done: int, cuts: Sequence[int]) -> Iterator[Span]:
        heads, tails = self._heads, self._tails
        starts = [start] if start >= done else []
        if starts and text[start - 1 : start] == "\\" and text[start] in "nrtbf":
            starts.append(start + 1)
        starts += [stop.end() for stop in _STOPS.finditer(text, start, end)]
        if cuts:
            starts = sorted({*starts, *(cut for cut in cuts if start <= cut < end)})
        behind = [match.start() for match in self._glued.finditer(text, start + 1, end)]
        if behind:
            words = sorted({start, *starts})
            behind = [at for at in behind if at - words[bisect_right(words, at) - 1] <= _GLUE]
            starts = sorted({*starts, *behind})
        for at in starts:
            if at < done:
                continue
            span = None
            if (entries := tails.get(text[at - _HINT : at])) is not None:
                span = self._after(text, at, entries, cuts)
            if span is None and (entries := heads.get(text[at : at + _HINT]) or heads.get(text[at : at + 2])):
                span = self._head(text, at, entries, cuts)
            if span is not None:
                yield span
                done = span.end

    def _head(self, text: str, at: int, entries: list[_Entry], cuts: Sequence[int]) -> Span | None:
        for entry in entries:
            end = at + len(entry.prefix)
            if text.startswith(entry.prefix, at) and (span := self._match(text, at, end, entry, cuts)):
                return span
        return None

    def _after(self, text: str, at: int, entries: list[_Entry], cuts: Sequence[int]) -> Span | None:
        for entry in entries:
            start = at - len(entry.prefix)
            if start >= 0 and text.startswith(entry.prefix, start):
                span = self._match(text, start, at, entry, cuts)
                if span is not None:
                    return span
        return None

    def _match(self, text: str, start: int, at: int, entry: _Entry, cuts: Sequence[int]) -> Span | None:
        for stop in _stops(text, at, cuts):
            match = entry.body.match(text, at, stop)
            if match is None or _DUMMY.search(match[0]) or is_vague(match[0]):
                continue
            if entry.drawn and len(entry.prefix) > _WORD:
                if not (is_drawn(match[0]) or _MIXED.match(match[0])):
                    continue
            elif entry.drawn and not _is_token(
                match[0], text[max(0, start - 2) : start] if start not in cuts and not entry.glued else ""
            ):
                continue
            end = match.end()
            if cuts:
                return Span(start, _further(text, start, end, cuts) if end == stop else end, entry.rule)
            if end - at >= _BOUND and (rest := _REST.match(text, end)):
                end = rest.end()
            return Span(start, end, entry.rule)
        return None

    def _shaped(self, text: str, start: int, end: int, cuts: Sequence[int]) -> Iterator[Span]:
        shapes = [*self._before.get(text[start - 1 : start], ()), *self._behind.get(text[end : end + 1], ())]
        if end - start >= _WHOLE:
            shapes += self._inside
        for row, pattern in shapes:
            if (
                (not row.before or text.endswith(row.before, 0, start))
                and (not row.after or text.startswith(row.after, end))
                and (not row.inside or text.find(row.inside, start, end) >= 0)
            ):
                for stop in _stops(text, start, cuts):
                    match = pattern.search(text, max(0, start - row.reach), min(stop, end + row.tail))
                    if match and match.start() < end and (not row.drawn or is_drawn(match[0])):
                        last = match.end()
                        yield Span(
                            match.start(), _further(text, match.start(), last, cuts) if last == stop else last, row.rule
                        )
                        return


def _stops(text: str, at: int, cuts: Sequence[int]) -> Sequence[int]:
    """Return where a match may have to end: at each of the next cuts, or nowhere before the end of the text."""
    if not cuts:
        return (len(text),)
    first = bisect_right(cuts, at)
    return (*cuts[first : first + _LINES], len(text))


def _further(text: str, start: int, end: int, cuts: Sequence[int]) -> int:
    """Return where a token ends that goes over lines: behind as many more of them as look like a part of it.

    Such a line holds nothing else, and is drawn, as long as the one before it, or the rest of a block of equal lines.
    """
    first = bisect_left(cuts, end)
    widths = {later - sooner for sooner, later in pairwise((start, *cuts[bisect_right(cuts, start) : first], end))}
    for number in range(first, len(cuts)):
        last = number + 1 == len(cuts)
        piece = _PIECE.match(text, cuts[number], len(text) if last else cuts[number + 1])
        if piece is None or (not last and piece.end() < cuts[number + 1]):
            break
        if last and piece.end() < len(text) and text[piece.end()] not in _FOLLOWS:
            break
        width = len(piece[0])
        block = len(widths) == 1 and first > bisect_right(cuts, start) and width <= min(widths)
        if not (block or (width in widths and width >= _HINT * 2) or is_drawn(piece[0])):
            break
        end = piece.end()
    return end


def _is_token(body: str, before: str) -> bool:
    """Tell whether a body is drawn, and no piece of a hyphenated name such as `task-list-item-checkbox-2`."""
    if not is_drawn(body) and not _SEQUENCE.search(body):
        return False
    glued = before[-1:].isalpha() and not (len(before) == 2 and before[0] == "\\")  # noqa: PLR2004
    return not glued or any(len(part) >= _KEY and is_drawn(part) for part in re.split("[-_.]", body))

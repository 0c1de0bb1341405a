"""One stretch of inline Markdown (a paragraph, a heading, a table cell): where its code is, and what a reader sees.

The reading supposes that raw HTML, autolinks and link destinations hold no backtick; who publishes makes that true.
"""

import html
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from html.entities import html5
from typing import Self

__all__ = ["CODE", "ESCAPED", "Inline"]

CODE = "\x00"
"""Stands for each character of a code span in `Inline.masked` and `Inline.shown`."""
ESCAPED = "\x01"
"""Stands for both characters of a backslash escape in `Inline.masked`."""

_TOKEN = re.compile(r"\\[!-/:-@\[-`{-~]|`+")
_HIDING = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|(?P<name>[A-Za-z][A-Za-z0-9]{1,31}));"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Inline:
    """A stretch of source and three views of it."""

    source: str
    codes: tuple[tuple[int, int], ...]
    """Start and end of each code span, its backticks included."""
    loose: tuple[tuple[int, int], ...]
    """Start and end of each run of backticks that opens nothing."""
    masked: str
    """The source with code and backslash escapes blanked, character for character."""
    shown: str
    """The text as rendered: escapes and entities decoded, code blanked."""
    starts: Sequence[int]
    """Where each character of `shown` (and its end) is in the source."""

    @classmethod
    def read(cls, source: str) -> Self:
        """Read a stretch of source by the rules of CommonMark 0.31, sections 2.4, 2.5 and 6.1."""
        codes, loose, masked = _code(source)
        shown, starts = _rendered(source, codes)
        return cls(source=source, codes=codes, loose=loose, masked=masked, shown=shown, starts=starts)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where a part of `shown` is in the source."""
        while self.starts[end] == self.starts[end - 1]:
            end += 1  # an entity that stands for two characters
        return self.starts[start], self.starts[end]

    def is_code(self, at: int) -> bool:
        """Tell whether a position of the source is inside a code span."""
        number = bisect_left(self.codes, (at + 1,)) - 1
        return number >= 0 and self.codes[number][0] < at < self.codes[number][1]


def _code(source: str) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...], str]:
    runs: dict[int, list[int]] = defaultdict(list)
    for run in re.finditer("`+", source):
        runs[len(run[0])].append(run.start())
    codes, loose, masked = [], [], []
    at = 0
    while match := _TOKEN.search(source, at):
        start, end = match.span()
        masked.append(source[at:start])
        at = end
        if source[start] == "\\":
            masked.append(ESCAPED * 2)
            continue
        starts = runs[end - start]
        number = bisect_left(starts, end)
        if number == len(starts):
            loose.append((start, end))
            masked.append(source[start:end])
            continue
        at = starts[number] + end - start
        codes.append((start, at))
        masked.append(CODE * (at - start))
    masked.append(source[at:])
    return tuple(codes), tuple(loose), "".join(masked)


def _rendered(source: str, codes: tuple[tuple[int, int], ...]) -> tuple[str, Sequence[int]]:
    shown: list[str] = []
    starts: list[int] = []
    at = 0
    for start, end in (*codes, (len(source), len(source))):
        for match in _HIDING.finditer(source, at, start):
            decoded = match["escaped"] or _decoded(match[0], match["name"])
            if decoded is None:
                continue
            shown += (source[at : match.start()], decoded)
            starts += range(at, match.start())
            starts += [match.start()] * len(decoded)
            at = match.end()
        shown += (source[at:start], CODE * (end - start))
        starts += range(at, end)
        at = end
    return "".join(shown), [*starts, len(source)]


def _decoded(entity: str, name: str | None) -> str | None:
    """Return what a reference to a character stands for; None where CommonMark leaves it as it is."""
    if name is None:
        return html.unescape(entity)
    return html5.get(f"{name};")

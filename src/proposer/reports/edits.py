"""Replacements of parts of a source text."""

from collections.abc import Iterable
from typing import NamedTuple, Self

__all__ = ["Edit", "apart", "applied"]


class Edit(NamedTuple):
    """A replacement of a part of a source text."""

    start: int
    end: int
    text: str

    def moved(self, by: int) -> Self:
        """Return the edit of a text that stands further on in another."""
        return self._replace(start=self.start + by, end=self.end + by)


def applied(text: str, edits: Iterable[Edit]) -> str:
    """Return the text after its edits; of those that overlap or start at the same place, the first counts."""
    parts: list[str] = []
    at, last = 0, -1
    for edit in sorted(edits):
        if edit.start >= at and edit.start != last:
            parts += (text[at : edit.start], edit.text)
            at, last = edit.end, edit.start
    return "".join([*parts, text[at:]])


def apart(edits: Iterable[Edit], kept: Iterable[Edit]) -> list[Edit]:
    """Return the edits that touch none of the kept ones, which do not overlap each other."""
    taken = sorted(kept)
    free: list[Edit] = []
    at = 0
    for edit in sorted(edits):
        while at < len(taken) and taken[at].end <= edit.start:
            at += 1
        if at == len(taken) or edit.end <= taken[at].start:
            free.append(edit)
    return free

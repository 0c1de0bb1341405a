"""Which lines a diff shows: a comment at any other line is refused by a forge, and takes all others with it."""

import re
from collections import defaultdict
from collections.abc import Iterable

__all__ = ["Hunks"]

_HUNK = re.compile(r"@@ -([0-9]{1,9})(?:,([0-9]{1,9}))? \+([0-9]{1,9})(?:,([0-9]{1,9}))? @@")


class Hunks:
    """The ranges of lines of both sides, by path."""

    def __init__(self, files: Iterable[tuple[str, str, str]] = ()) -> None:
        """Read the hunks of files: (path before, path after, patch without its file headers).

        Which lines a hunk has stands in its header; a line that looks like one is skipped by counting.
        """
        self._ranges: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        for before, after, patch in files:
            rows = iter(patch.split("\n"))
            for row in rows:
                match = _HUNK.match(row)
                if match is None:
                    continue
                old, new = (int(match[1]), int(match[2] or 1)), (int(match[3]), int(match[4] or 1))
                self._ranges["old", before].append((old[0], old[0] + old[1]))
                self._ranges["new", after].append((new[0], new[0] + new[1]))
                left = [old[1], new[1]]
                while any(left):
                    sign = next(rows, None)
                    if sign is None:
                        break
                    left[0] -= not sign.startswith(("+", "\\"))
                    left[1] -= not sign.startswith(("-", "\\"))

    def show(self, side: str, path: str, start: int, end: int) -> bool:
        """Tell whether one hunk holds all these lines of a side (`new` or `old`)."""
        return 0 < start <= end and any(first <= start and end < last for first, last in self._ranges[side, path])

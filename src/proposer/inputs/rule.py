"""A rule of cleaning: a pattern and what is written in its place, for a text or for the shadow of one."""

import re
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Edit", "Rule"]

Edit = tuple[int, int, str]
"""Start and end of a stretch of text, and what is written there."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a pattern finds is replaced.

    Attributes:
        name: what is taken out, in the plural, for a reader; empty where nothing is lost.
        pattern: finds it in linear time.
        needs: a text without this has no match, which is quicker to see.
        replacement: the text in its place, or a function of the match; to leave a match alone it returns it unchanged.
    """

    name: str
    pattern: re.Pattern[str]
    needs: str = ""
    replacement: str | Callable[[re.Match[str]], str] = ""

    def __call__(self, text: str) -> str:
        """Return the text with every match replaced."""
        return self.pattern.sub(self.replacement, text) if self.needs in text else text

    def edits(self, text: str) -> list[Edit]:
        """Return what the rule would do to the text, in order and without overlap.

        What a match and its replacement begin with in common is not part of an edit.
        """
        found = list[Edit]()
        if self.needs not in text:
            return found
        for match in self.pattern.finditer(text):
            old, new = match[0], self.replacement if isinstance(self.replacement, str) else self.replacement(match)
            if new != old:
                same = _common(old, new)
                found.append((match.start() + same, match.end(), new[same:]))
        return found


def _common(old: str, new: str) -> int:
    """Return how many characters both begin with, leaving at least one of the old."""
    pairs = enumerate(zip(old[:-1], new, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(old) - 1, len(new)))

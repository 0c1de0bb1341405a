"""The long runs of token characters in a text: what every token has in it, and where a line break may split one."""

import re
from collections.abc import Iterator

__all__ = ["Runs"]

_LEAST = 16
_REACH = 400
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"
_CLASSES = bytes(97 if code in _ALPHABET else 32 for code in range(256))
_NAME = re.compile(r"[_/+-]*(?:[a-z]{1,12}(?![a-z])[_/+-]*)*|[A-Z]{1,12}(?:[_/+-][A-Z]{1,12})+")
# In a form whose first character the search skips to.
_LIVELY = re.compile(r"[0-9A-Z](?:(?<=[0-9])|[A-Z])")
_JOIN = re.compile(
    r"[\n\r\\](?<=[A-Za-z0-9+/_.~%$|-][\n\r\\])(?:(?<=\\)(?:r\\n|[nr]|[\r\n]+)|(?<!\\)[\n\r]*)"
    r"[ \t]*(?=[A-Za-z0-9+/_.~%$|:-])"
)
# The same where there is neither a carriage return nor a backslash, which nearly no line has: a plain search for `\n`.
_PLAIN = re.compile(r"\n(?<=[A-Za-z0-9+/_.~%$|-]\n)\n*[ \t]*(?=[A-Za-z0-9+/_.~%$|:-])")
_WIDE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_.~%$|=:-"
_FORTH = re.compile(r"[A-Za-z0-9+/_.~%$|=:-]{0,4096}")


class Runs:
    """The long runs of token characters of a text: what every token has in it.

    Each character becomes one byte, of one of two classes, so that the search goes over bytes at the speed of memory.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._classes = text.encode("latin-1", "replace").translate(_CLASSES)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Yield (start, end) of each run that is no plain name."""
        find, text, wanted = self._classes.find, self._text, b"a" * _LEAST
        at = find(wanted)
        while at >= 0:
            end = find(b" ", at + _LEAST)
            if end < 0:
                end = len(text)
            if not _NAME.fullmatch(text, at, end):
                yield at, end
            at = find(wanted, end)

    def across(self) -> Iterator[tuple[int, int]]:
        """Yield (start, end) of what may be a token if there were no line breaks in it."""
        classes, text = self._classes, self._text
        start = end = 0
        for join in (_JOIN if "\\" in text or "\r" in text else _PLAIN).finditer(text):
            first, last = join.span()
            if first != end:
                yield from self._part(start, end)
                start = max(classes.rfind(b" ", 0, first) + 1, end)
            end = classes.find(b" ", last)
            if end < 0:
                end = len(text)
        yield from self._part(start, end)

    def _part(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield a part of the text, widened to the end of its words, if it may hold a token."""
        text = self._text
        if not end:
            return  # no break before this one
        before = text[max(0, start - _REACH) : start]
        start -= len(before) - len(before.rstrip(_WIDE))
        end = next(_FORTH.finditer(text, end)).end()
        if _LIVELY.search(text, start, end):
            yield start, end

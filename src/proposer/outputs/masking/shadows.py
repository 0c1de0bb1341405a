"""Copies of a text in which a secret stands whole, each with the way back to the text itself."""

import heapq
import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

__all__ = ["Shadow", "Span", "bare", "folded", "unescaped", "visible", "windows"]

_ROUNDS = 4
"""Levels of escapes that are undone: JSON inside JSON inside a URL inside HTML."""

# Every character that no reader sees; after an escape character, the control sequence that it begins (ECMA-48).
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    "(?:(?<=\x1b)\\[[0-?]*[ -/]*[@-~]|(?<=\x9b)[0-?]*[ -/]*[@-~]"
    "|(?<=\x1b)[\\]PX^_][^\x07\x1b\x9c]{0,4096}(?:\x07|\x1b\\\\|\x9c)?)?"
)
_CONTROL = bytes(code for code in (*range(32), 127) if code not in b"\t\n\r")
_FOLD = re.compile("[\n\r\x85\u2028\u2029\\\\](?:(?<=\\\\)(?:[nr]|[\r\n]+)|(?<!\\\\)[\n\r]*)(?:[ \t]{2,}|\t)?")
_INDENTED = re.compile(_FOLD.pattern.removesuffix("(?:[ \t]{2,}|\t)?") + "[ \t]*")
# The same for a text in which a line ends with `\n` and nothing else, as nearly all do: a plain search.
_PLAIN_FOLD = re.compile("\n+(?:[ \t]{2,}|\t)?")
_PLAIN_INDENTED = re.compile("\n+[ \t]*")
# Each alternative begins with a literal of its own: the search skips everything else.
_ESCAPE = re.compile(
    r"%(?P<percent>[0-9A-Fa-f]{2}(?:%[0-9A-Fa-f]{2}){0,200})"
    r"|\\(?:u(?P<high>[dD][89aAbB][0-9A-Fa-f]{2})\\u(?P<low>[dD][c-fC-F][0-9A-Fa-f]{2})"
    r"|u(?P<unit>[0-9A-Fa-f]{4})|u\{(?P<braces>[0-9A-Fa-f]{1,6})\}|x(?P<code>[0-9A-Fa-f]{2})|(?P<octal>[0-3][0-7]{2})|(?P<escape>e)(?=\[)"
    r"|(?P<mark>[\"'`\\/$!&|;<>()\[\]{}*?#~=%@:.,+^ -]))"
    r"|&(?P<entity>\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos|colon|commat|equals|sol|lowbar|num|period);?"
    r"|'(?:\\'|\"'\")(?P<quote>')"
)
_ESCAPES = re.compile(
    r"[%\\&](?:(?<=%)[0-9A-Fa-f]{2}|(?<=\\)(?:u[{0-9A-Fa-f]|x[0-9A-Fa-f]{2}|[0-3][0-7]{2}|e\[)|(?<=&)[#a-z])"
)
_MARKS = re.compile(r"[\\'](?:(?<=\\)[\"'`\\/$!&|;<>()\[\]{}*?#~=%@:.,+^ -]|(?<=')(?:\\'|\"'\")')")
_WINDOW = 2
"""Lines around a difference that are worth another look."""


class Span(NamedTuple):
    """A place in a text, and the rule that found a secret there."""

    start: int
    end: int
    rule: str


class Shadow:
    """A rewritten copy of a text.

    Args:
        text: the copy.
        edits: tells where it differs, in order: (place in the copy, length there, place in the source, length there).
        source: the shadow that this one was made of; None where that was the text itself.
    """

    def __init__(
        self,
        text: str,
        edits: Callable[[], Iterable[tuple[int, int, int, int]]] = tuple,
        source: "Shadow | None" = None,
    ) -> None:
        self.text = text
        self._make = edits
        self._source = source

    @cached_property
    def _edits(self) -> tuple[list[int], list[tuple[int, int, int, int]]]:
        rows = list(self._make())
        return [row[0] for row in rows], rows

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the text itself of a place in the copy; an escape is taken whole."""
        starts, rows = self._edits
        first, last = start, end
        if rows:
            if (number := bisect_right(starts, start) - 1) >= 0:
                at, length, source, width = rows[number]
                first = source if start < at + length else source + width + start - at - length
            if (number := bisect_right(starts, end - 1) - 1) >= 0:
                at, length, source, width = rows[number]
                last = source + width if end - 1 < at + length else source + width + end - at - length
        return self._source.back(first, last) if self._source else (first, last)

    def cuts(self, start: int, end: int) -> list[int]:
        """Return the places inside a part of the copy where something was left out."""
        starts, _ = self._edits
        return starts[bisect_right(starts, start) : bisect_left(starts, end)]


def _without(pattern: re.Pattern[str], text: str, source: Shadow | None) -> Shadow | None:
    """Return the text without what a pattern matches; None where it matches nowhere."""
    copy = pattern.sub("", text)
    if len(copy) == len(text):
        return None

    def edits() -> Iterable[tuple[int, int, int, int]]:
        gone = 0
        for match in pattern.finditer(text):
            start, end = match.span()
            yield start - gone, 0, start, end - start
            gone += end - start

    return Shadow(copy, edits, source)


def visible(shadow: Shadow) -> Shadow | None:
    """Return the text without invisible characters and control sequences; None where there are none."""
    return _without(_INVISIBLE, shadow.text, shadow)


def folded(shadow: Shadow, *, words: bool = False) -> Shadow | None:
    """Return the text without its line breaks and the indentation after them; None where it has one line.

    Args:
        shadow: the text.
        words: whether what is looked for may hold blanks: then a single blank at the start of a line is no indentation.
    """
    if shadow.text.isascii() and "\\" not in shadow.text and "\r" not in shadow.text:
        return _without(_PLAIN_FOLD if words else _PLAIN_INDENTED, shadow.text, shadow)
    return _without(_FOLD if words else _INDENTED, shadow.text, shadow)


def unescaped(shadow: Shadow) -> Iterator[Shadow]:
    r"""Yield the text with its escapes undone (`%2F`, `\u002f`, `\x2f`, `&#47;`, `\"`, `'\''`), then those below them.

    So a JSON document in a JSON string in a URL gives three shadows. There are at most four.
    """
    for _ in range(_ROUNDS):
        copy = _round(shadow)
        if copy is None:
            break
        yield copy
        shadow = copy


def bare(shadow: Shadow) -> Shadow | None:
    """Return the text as a reader sees it in the end: visible, unescaped; None where that is the text itself."""
    current = visible(shadow) or shadow
    current = next(reversed([current, *unescaped(current)]))
    current = visible(current) or current
    return current if current is not shadow else None


def windows(text: str, *, quotes: bool = False) -> Iterator[tuple[int, int]]:
    """Yield the parts of a text, in whole lines, that hold invisible characters or escapes, and the lines around them.

    Args:
        text: where to look.
        quotes: look for escaped quotes and other marks (an apostrophe in a shell, a quote in JSON) instead.
    """
    start, end = 0, -1
    for place in _places(text, (_MARKS,) if quotes else (_ESCAPES, _INVISIBLE)):
        if place < end:
            continue
        first, last = place, place
        for _ in range(_WINDOW + 1):
            first = max(text.rfind("\n", 0, first), 0)
            last = text.find("\n", last + 1) if last >= 0 else last
        last = last if last >= 0 else len(text)
        if first > end:
            if end >= 0:
                yield start, end
            start = first
        end = last
    if end >= 0:
        yield start, end


def _places(text: str, patterns: Iterable[re.Pattern[str]]) -> Iterator[int]:
    """Yield where patterns match, in order; what a text surely does not hold is not looked for."""
    if text.isascii() and len(text.encode().translate(None, _CONTROL)) == len(text):
        patterns = [pattern for pattern in patterns if pattern is not _INVISIBLE]
    if "\\" not in text and "%" not in text and "&" not in text:
        patterns = [pattern for pattern in patterns if pattern is not _ESCAPES]
    if "\\" not in text and "'" not in text:
        patterns = [pattern for pattern in patterns if pattern is not _MARKS]
    found = (map(re.Match.start, pattern.finditer(text)) for pattern in patterns)
    return heapq.merge(*found)


def _round(shadow: Shadow) -> Shadow | None:
    rows: list[tuple[int, int, int, int]] = []
    pieces: list[str] = []
    done = size = 0
    for match in _ESCAPE.finditer(shadow.text):
        start, end = match.span()
        pieces.append(shadow.text[done:start])
        size += start - done
        run = match["percent"]
        for char, width in _percent(run) if run else ((_char(match), end - start),):
            pieces.append(char)
            rows.append((size, len(char), start, width))
            size += len(char)
            start += width
        done = end
    if not rows:
        return None
    pieces.append(shadow.text[done:])
    return Shadow("".join(pieces), lambda: rows, shadow)


def _char(match: re.Match[str]) -> str:
    kind, text = match.lastgroup, match[match.lastgroup or 0]
    if kind == "low":
        return chr(0x10000 + ((int(match["high"], 16) & 0x3FF) << 10) + (int(text, 16) & 0x3FF))
    if kind in ("unit", "braces", "code"):
        return chr(min(int(text, 16), 0x10FFFF))
    if kind == "octal":
        return chr(int(text, 8))
    if kind == "escape":
        return "\x1b"
    if kind == "entity":
        shown = html.unescape(f"&{text};")
        return shown if len(shown) == 1 else " "
    return text


def _percent(run: str) -> Iterable[tuple[str, int]]:
    """Return the characters of percent-encoded UTF-8 (RFC 3986, section 2.1), each with its width in the source."""
    data = bytes.fromhex(run.replace("%", ""))
    at = 0
    while at < len(data):
        lead = data[at]
        length = 1 + (lead >= 0xC0) + (lead >= 0xE0) + (lead >= 0xF0)  # noqa: PLR2004 - lead bytes, RFC 3629
        char = data[at : at + length].decode("utf-8", errors="replace")
        if len(char) != 1 or char == "\ufffd":
            length, char = 1, chr(lead)  # no UTF-8: Latin-1
        yield char, 3 * length
        at += length

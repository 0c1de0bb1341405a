"""The block structure of a Markdown text by CommonMark with GFM tables: which lines are text, which are code."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import NamedTuple, Self

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.rules_block import StateBlock, table
from markdown_it.token import Token

from proposer.reports.inline import Inline

__all__ = ["Blocks", "Fence", "Stretch"]

_DEEPEST = 20
"""Containers inside each other that are read; what lies deeper is published as code."""
_CONTAINER = re.compile(r"(?:[ \t>]|[*+-](?=[ \t]|\Z)|[0-9]{1,9}[.)](?=[ \t]|\Z))*")
_PIPE = re.compile(r"(?<!\\)\|")


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - markdown-it's name
        """Take every destination for a link, as cmark does; what is allowed is decided elsewhere."""
        del url
        return True


@cache
def _parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": False, "maxNesting": _DEEPEST}).disable(["inline", "text_join"])
    parser.block.ruler.before("lheading", "gfm_table", _table, {"alt": ["paragraph", "reference"]})
    return parser


def _table(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Read a table where cmark-gfm does: after containers and headings, and not over an underline of hyphens."""
    if first + 1 >= end:
        return False
    head, rule = state.getLines(first, first + 2, state.blkIndent, False).split("\n")
    if not rule.strip(" \t-") or head.strip() != head.strip(" \t"):
        return False
    return table(state, first, end, silent)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Source that is read as inline Markdown."""

    start: int
    end: int
    row: int | None
    """The line whose cell it is; otherwise it is whole lines, the markers of their containers included."""
    opens_line: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Fence:
    """A fenced code block."""

    first: int
    last: int
    """Its lines."""
    marker: str
    info: str
    """The info string as a reader sees it."""
    content: str
    closed: bool


class _Leaf(NamedTuple):
    token: Token
    first: int
    end: int
    """Its lines."""


class Blocks:
    """A text, its lines, and what each line is."""

    def __init__(self, text: str, tokens: Sequence[Token], *, referable: bool) -> None:
        """Use `read`."""
        self.text = text
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.referable = referable
        """The text defines link references."""
        self._leaves = [_Leaf(token, *token.map) for token in tokens if token.map and token.type in _LEAVES]
        self._tops = [(token.map[0], token.map[1]) for token in tokens if token.map and token.level == 0]

    @classmethod
    def read(cls, text: str) -> Self:
        """Parse a text whose line breaks are newlines."""
        found: dict[str, object] = {}
        tokens = _parser().parse(text, found)
        return cls(text, tokens, referable=bool(found.get("references")))

    def content(self, line: int) -> int:
        """Return the offset in a line at which its containers' markers end."""
        return len(self.lines[line]) - len(_CONTAINER.sub("", self.lines[line], count=1))

    def fences(self) -> Iterator[Fence]:
        """Yield the fenced code blocks."""
        for token, first, end in self._leaves:
            if token.type == "fence":
                inside = token.content.count("\n") + (not token.content.endswith("\n") and bool(token.content))
                yield Fence(
                    first=first, last=max(first, min(end, len(self.lines)) - 1), marker=token.markup,
                    info=unescapeAll(token.info).strip(), content=token.content, closed=inside == end - first - 2,
                )  # fmt: skip

    def indented(self) -> Iterator[tuple[int, str]]:
        """Yield the first line and the content of the indented code blocks."""
        yield from ((first, token.content) for token, first, _ in self._leaves if token.type == "code_block")

    def below_tables(self) -> Iterator[int]:
        """Yield the lines that follow a table directly."""
        for token, _, end in self._leaves:
            if token.type == "table_open" and end < len(self.lines):
                yield end

    def code(self) -> Iterator[tuple[int, int]]:
        """Yield where code is: the insides of code blocks, and code spans with their backticks."""
        for token, opening, end in self._leaves:
            if token.type in _CODE:
                first = min(opening + (token.type == "fence"), len(self.lines))
                yield self.starts[first], max(self.starts[first], self.starts[min(end, len(self.lines))] - 1)
        for stretch in self.stretches():
            spans = Inline.read(self.text[stretch.start : stretch.end]).codes
            yield from ((stretch.start + start, stretch.start + end) for start, end in spans)

    def stretches(self) -> Iterator[Stretch]:
        """Yield what is read as inline Markdown, in order; the cells of a table one by one."""
        cells: set[int] = set()
        for token, first, end in self._leaves:
            if token.type == "table_open":
                cells.update(range(first, end))
                yield from (cell for line in range(first, end) if line != first + 1 for cell in self._cells(line))
            elif token.type == "inline" and first not in cells:
                yield Stretch(start=self.starts[first], end=self.starts[end] - 1, row=None, opens_line=True)

    def _cells(self, line: int) -> Iterator[Stretch]:
        text, start = self.lines[line], self.starts[line]
        bounds = [-1, *(match.start() for match in _PIPE.finditer(text)), len(text)]
        for before, after in pairwise(bounds):
            yield Stretch(start=start + before + 1, end=start + after, row=line, opens_line=before < 0)

    def lines_of(self, stretch: Stretch) -> range:
        """Return the numbers of the lines of a stretch."""
        first = self.line_at(stretch.start)
        return range(first, first + self.text.count("\n", stretch.start, stretch.end) + 1)

    def line_at(self, offset: int) -> int:
        """Return the number of the line of an offset."""
        return min(bisect_right(self.starts, offset) - 1, len(self.lines) - 1)

    def code_lines(self) -> set[int]:
        """Return the numbers of the lines inside of code blocks; the opening line of a fence is outside."""
        return {
            number for token, first, end in self._leaves if token.type in _CODE
            for number in range(first + (token.type == "fence"), end)
        }  # fmt: skip

    def unread(self) -> Iterator[range]:
        """Yield runs of lines with content that are in no leaf: link reference definitions, and what is too deep."""
        read = {number for _, first, end in self._leaves for number in range(first, end)}
        run: list[int] = []
        for number, line in enumerate(self.lines):
            if number not in read and self.content(number) < len(line):
                run.append(number)
            elif run:
                yield range(run[0], run[-1] + 1)
                run = []
        if run:
            yield range(run[0], run[-1] + 1)

    def around(self, line: int) -> tuple[int, int]:
        """Return the first line and the end of the top-level block around a line."""
        number = bisect_right(self._tops, (line, len(self.lines) + 1)) - 1
        if number >= 0 and self._tops[number][0] <= line < self._tops[number][1]:
            return self._tops[number]
        return line, line + 1


_CODE = frozenset({"fence", "code_block"})
_LEAVES = _CODE | {"inline", "heading_open", "table_open", "hr"}

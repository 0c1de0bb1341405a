"""Lines that GitHub, GitLab and plain CommonMark read in different ways, made to read the same everywhere.

What one of them takes for code and another for text would let a mention through. Found by rendering with cmark-gfm,
comrak (with GitLab's options) and markdown-it side by side.
"""

import re
from collections.abc import Iterator

from proposer.reports.blocks import Blocks, Stretch
from proposer.reports.edits import Edit
from proposer.reports.inline import ESCAPED, Inline
from proposer.reports.live import command_at
from proposer.reports.markup import hot

__all__ = ["around_code", "everywhere", "in_paragraph"]

_MARKERS = " \t>*+-.)0123456789"
_ALERT = re.compile(r"\[![A-Za-z]+\]")
_ALERT_START = re.compile(r"\[!")
_NOTE = re.compile(r"\[\^[^\[\]\s]{1,1000}\]:")
_PLAIN_NOTE = re.compile(r"\[\^[\w-]{1,100}\]: +\w")
_TERM = re.compile(r"[:~](?:[ \t]|\Z)")
_PLAIN_TERM = re.compile(r"[:~][ \t]+\w")
_TAG = re.compile(r"<[A-Za-z/!?]")
_RULE = re.compile(r"(?=[^-]*-)[|:-][-:| \t]*")
_UNDERLINE = re.compile(r"[ \t>]*-+[ \t]*")
_DEFINED = re.compile(
    r"\[(?!\^)(?:[^\[\]\\]|\\.){1,1000}\]:[ \t]*(?:\n[ \t>]*)?(?:<[^<>\n]*>|[^ \t\n]+)[ \t]*(?:\n|\Z|[\"'(])", re.DOTALL
)
_ITEM = re.compile(r"(?:^|[ \t>])(?:[*+-]|[0-9]{1,9}[.)])[ \t]*$")
_QUOTE = re.compile(r"([ \t]*)>")
_CODE_COLUMNS = 4
_FRONT = re.compile(r"(---|\+\+\+|;;;)[ \t]*\S*")
_FRONT_ENDS = frozenset({"---", "+++", ";;;", "..."})


def everywhere(blocks: Blocks) -> Iterator[Edit]:
    """Yield edits of lines that are no paragraph's, whatever else the text holds."""
    yield from _front_matter(blocks)
    yield from _deep_quotes(blocks)
    for number in blocks.below_tables():
        line = blocks.lines[number]
        if line.strip(" \t") and not line.strip():  # the end of a table for markdown-it, a row for cmark-gfm
            yield Edit(blocks.starts[number], blocks.starts[number] + len(line), "")
    for number, _ in blocks.indented():
        if number and blocks.content(number - 1) < len(blocks.lines[number - 1]):
            # markdown-it takes some lazy continuation lines for code (`>>[`, then a fence four columns in).
            yield Edit(blocks.starts[number], blocks.starts[number], "\n")


def _front_matter(blocks: Blocks) -> Iterator[Edit]:
    """Make another mark of the one that opens front matter (GitLab's FrontMatterFilter), should code follow."""
    first = int("coding:" in blocks.lines[0])
    while first < len(blocks.lines) and not blocks.lines[first].strip():
        first += 1
    mark = _FRONT.fullmatch(blocks.lines[first]) if first < len(blocks.lines) else None
    if mark is None or not re.search("[`~]", blocks.text):
        return
    if any(line.rstrip() in _FRONT_ENDS for line in blocks.lines[first + 1 :]):
        at = blocks.starts[first]
        ruled = mark[0] == "---" and "coding:" not in blocks.lines[0]
        yield Edit(at, at + len(mark[0]) * ruled, "***" if ruled else "\\")


def _deep_quotes(blocks: Blocks) -> Iterator[Edit]:
    """Make text of a `>` four columns right of the one above, which only markdown-it takes for the same quote."""
    above, code = -1, blocks.code_lines()
    for number, line in enumerate(blocks.lines):
        quote = None if number in code else _QUOTE.match(line)
        column = len(quote[1].expandtabs(4)) if quote else -1
        if quote and above >= 0 and column >= above + _CODE_COLUMNS:
            yield Edit(blocks.starts[number] + quote.end(1), blocks.starts[number] + quote.end(1), "\\")
        else:
            above = column


def around_code(blocks: Blocks) -> Iterator[Edit]:
    """Yield edits of lines that move the bounds of code blocks; for texts with code that may act, were it none."""
    code = blocks.code_lines()
    for number, line in enumerate(blocks.lines):
        if number in code:
            continue
        rest = line.lstrip(_MARKERS)
        at = line.find(">>>", 0, len(line) - len(rest))
        if at >= 0 and (not rest or _ALERT_START.match(rest)):
            # The mark of GitLab's quote of several lines ends a fence that stands inside of the quote.
            yield Edit(blocks.starts[number] + at, blocks.starts[number] + at, "\\")
        blank = number and line.endswith((" ", "\t")) and not line.strip(" \t>")
        if blank and number - 1 not in code and _ITEM.search(blocks.lines[number - 1]):
            # With spaces in the line below an empty list item, cmark-gfm takes what follows into the item.
            yield Edit(blocks.starts[number] + len(line.rstrip()), blocks.starts[number] + len(line), "")


def in_paragraph(blocks: Blocks, stretch: Stretch, inline: Inline, *, fragile: bool) -> Iterator[Edit]:
    """Yield edits (of the stretch's source) that keep a platform from starting another block at one of its lines.

    Args:
        blocks: the text.
        stretch: a paragraph, a heading, or the first cell of a row.
        inline: the stretch, read.
        fragile: the text holds code blocks that may act, were they none.
    """
    lines = blocks.lines_of(stretch)
    after = blocks.lines[lines[-1] + 1] if lines[-1] + 1 < len(blocks.lines) else ""
    plain = not fragile and not after.strip()
    alert = bool(_ALERT_START.match(inline.source.lstrip(_MARKERS)))
    for number in lines:
        at = blocks.starts[number] + blocks.content(number) - stretch.start
        content = blocks.lines[number][blocks.content(number) :]
        if inline.is_code(at):
            above = alert and number == lines[0] + 1
            starts = _starts_block(content, plain=False) or _TAG.match(content) or command_at(content)
            if above or starts or _UNDERLINE.fullmatch(after):
                # Code goes on over the line break, which is a space in it.
                yield Edit(blocks.starts[number] - 1 - stretch.start, at, " ")
        elif (
            _starts_block(content, plain=plain, row=stretch.row is not None)
            or (number == lines[0] and _DEFINED.match(inline.source, at))
            or (number == lines[0] and _titled(blocks, lines, content))
        ):
            yield Edit(at, at, "\\")
    if _UNDERLINE.fullmatch(after):
        yield from _pipes(blocks, stretch, inline, lines[-1])


def _starts_block(content: str, *, plain: bool, row: bool = False) -> bool:
    """Tell whether a line starts a footnote or a definition, or makes a table's head of the line above.

    Args:
        content: the line, after the markers of its containers.
        plain: a footnote or definition of plain words may stay.
        row: the line is a row of a table already.
    """
    if plain and (_PLAIN_NOTE.match(content) or _PLAIN_TERM.match(content)):
        return False
    return bool(_NOTE.match(content) or _TERM.match(content) or (not row and _RULE.fullmatch(content)))


def _titled(blocks: Blocks, lines: range, content: str) -> bool:
    """Tell whether an alert has a title that is hot (GitLab does not read it as Markdown), or ends at a lazy line."""
    mark = _ALERT.match(content)
    lazy = blocks.lines[lines[1]].lstrip(" \t") if len(lines) > 1 else ">"
    return mark is not None and (hot(content[mark.end() :]) or not lazy.startswith(">"))


def _pipes(blocks: Blocks, stretch: Stretch, inline: Inline, number: int) -> Iterator[Edit]:
    """Hide a pipe at an end of a line above hyphens: markdown-it makes a table of it, the platforms a heading."""
    start = blocks.starts[number] - stretch.start
    line = blocks.lines[number]
    for pipe in re.finditer(rf"{ESCAPED}{{2}}|\|", inline.masked[start:]):
        alone = pipe.start() == blocks.content(number) or pipe.end() == len(line.rstrip())
        if alone if pipe[0] == "|" else inline.source[start + pipe.start() + 1] == "|":
            yield Edit(start + pipe.start(), start + pipe.end(), "&#124;")

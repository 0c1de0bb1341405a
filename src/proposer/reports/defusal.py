"""One pass over a Markdown text that disarms what is live in it; a text without live parts comes back unchanged."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from itertools import groupby

from proposer.reports.blocks import Blocks, Fence, Stretch
from proposer.reports.divergence import around_code, everywhere, in_paragraph
from proposer.reports.edits import Edit, apart, applied
from proposer.reports.inline import Inline
from proposer.reports.links import Links
from proposer.reports.live import live
from proposer.reports.markup import as_shown, destinations, hot, links_out, macros, minor

__all__ = ["as_code", "defuse"]

_RENDERED = frozenset(
    {
        "suggestion", "mermaid", "math", "geojson", "topojson", "stl", "plantuml", "kroki", "glql", "json:table",
        "actdiag", "blockdiag", "bpmn", "bytefield", "c4plantuml", "d2", "dbml", "diagramsnet", "ditaa", "erd",
        "excalidraw", "graphviz", "nomnoml", "nwdiag", "packetdiag", "pikchr", "rackdiag", "seqdiag", "structurizr",
        "svgbob", "symbolator", "tikz", "umlet", "vega", "vegalite", "wavedrom", "wireviz",
    }
)  # fmt: skip
"""Languages that GitHub or GitLab (with Kroki) render, or offer to commit."""
_DEFINITION = re.compile(
    r"\[[\w .,/#'!?:()+*-]{1,100}\]: +(?P<where>[^\s<>]{1,2000})(?: +\"[^\"\n<>`\\&@]{0,500}\")? *"
)
_ANYTHING = re.compile(r"[@`<\[\]&\\$#!:/~%\uff20\ufe6b\uff03]|(?i:www|clos|fix|resol|impl|dupl)")
"""What a cell must hold for a rule to apply; most of a table's cells hold none of it."""


def as_code(text: str) -> str:
    """Return text as a fenced code block that nothing in it can end."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def defuse(text: str, links: Links, *, bluntly: bool = False, refused: Collection[int] = ()) -> str:
    """Return text with its live parts disarmed, as far as one reading shows them.

    Args:
        text: Markdown, cleaned.
        links: the hosts that links may lead to.
        bluntly: publish a top-level block that is still live as code, instead of disarming it part by part.
        refused: lines whose top-level blocks are to be published as code.
    """
    blocks = Blocks.read(text)
    fenced = {blocks.around(line) for line in refused}
    changes = list(_changes(blocks, links, fenced))
    if bluntly:
        fenced |= {blocks.around(blocks.line_at(edit.start)) for edit in changes}
    ranges = sorted((blocks.starts[first], blocks.starts[end] - 1) for first, end in fenced)
    changes = [edit for edit in changes if not _within(edit.start, ranges)]
    return applied(text, [*changes, *(_published(blocks, first, end) for first, end in fenced)])


def _within(offset: int, ranges: list[tuple[int, int]]) -> bool:
    number = bisect_right(ranges, (offset, offset)) - 1
    return any(start <= offset <= end for start, end in ranges[max(0, number) : number + 2])


def _published(blocks: Blocks, first: int, end: int) -> Edit:
    """Return the edit that makes a code block of lines."""
    gap = "\n" if first and blocks.lines[first - 1].strip() else ""
    stop = min(blocks.starts[end] - 1, len(blocks.text))
    return Edit(blocks.starts[first], stop, gap + as_code("\n".join(blocks.lines[first:end])))


def _changes(blocks: Blocks, links: Links, fenced: set[tuple[int, int]]) -> Iterator[Edit]:
    """Yield what disarms the text, and note the blocks that can only be published as code."""
    fragile = any(hot(content) for _, content in blocks.indented())
    for fence in blocks.fences():
        fragile = fragile or hot(fence.content)
        yield from _fence(blocks, fence)
    yield from _unread(blocks, links, fenced)
    yield from everywhere(blocks)
    if fragile:
        yield from around_code(blocks)
    for _, cells in groupby(blocks.stretches(), lambda each: (each.row, each.start if each.row is None else 0)):
        yield from _stretch(blocks, list(cells), links, fragile=fragile)


def _fence(blocks: Blocks, fence: Fence) -> Iterator[Edit]:
    """Close a fence that its text leaves open, and name no language that a platform renders or offers to commit."""
    opening = blocks.lines[fence.first]
    mark = opening.find(fence.marker)
    at = blocks.starts[fence.first] + mark + len(fence.marker)
    language = re.split(r"[\s{,]", fence.info.lower(), maxsplit=1)[0]
    if "|" in fence.info:
        # markdown-it looks for the head of a table before it looks for a fence.
        yield Edit(
            at, at + len(opening) - mark - len(fence.marker), opening[mark + len(fence.marker) :].replace("|", " ")
        )
    elif language in _RENDERED or language.partition(":")[0] in _RENDERED:
        yield Edit(at, at, "text ")
    if not fence.closed:
        end = blocks.starts[fence.last] + len(blocks.lines[fence.last])
        indent = "".join(char if char in " \t>" else " " for char in opening[:mark])
        yield Edit(end, end, f"\n{indent}{fence.marker}")


def _unread(blocks: Blocks, links: Links, fenced: set[tuple[int, int]]) -> Iterator[Edit]:
    """Make text of link reference definitions but plain allowed ones; publish what is nested too deep as code."""
    for run in blocks.unread():
        contents = {number: blocks.lines[number][blocks.content(number) :] for number in run}
        matches = [_DEFINITION.fullmatch(content) for content in contents.values()]
        if all(match and links.reach(match["where"]) for match in matches):
            continue
        opening = [number for number, content in contents.items() if content.startswith("[")]
        for number in opening:
            at = blocks.starts[number] + blocks.content(number)
            yield Edit(at, at, "\\")
        if not opening:
            fenced.update(blocks.around(number) for number in run)


def _stretch(blocks: Blocks, cells: list[Stretch], links: Links, *, fragile: bool) -> Iterator[Edit]:
    """Yield the edits of a paragraph, a heading, or the cells of a row."""
    read: list[tuple[Stretch, Inline]] = []
    made: list[Edit] = []
    in_doubt = False
    for stretch in cells:
        source = blocks.text[stretch.start : stretch.end]
        if stretch.row is not None and not _ANYTHING.search(source):
            continue
        inline = Inline.read(source)
        read.append((stretch, inline))
        found = _disarmed(inline, links, opens_line=stretch.opens_line, referable=blocks.referable)
        if stretch.opens_line:
            found += in_paragraph(blocks, stretch, inline, fragile=fragile)
        made += (edit.moved(stretch.start) for edit in found)
        in_doubt = in_doubt or any(hot(source[start:end].strip("`")) for start, end in inline.codes)
    yield from made
    if made or in_doubt:
        # A run of backticks that opens nothing makes cmark-gfm and comrak overlook code spans after it.
        for stretch, inline in read:
            yield from (Edit(start, end, "&#96;" * (end - start)).moved(stretch.start) for start, end in inline.loose)


def _disarmed(inline: Inline, links: Links, *, opens_line: bool, referable: bool) -> list[Edit]:
    """Return the edits of a stretch that do not overlap: whole links first, then what becomes code, then the rest."""
    held = list(destinations(inline, links, referable=referable))
    kept = list(links_out(inline, links))
    parts = [*macros(inline), *live(inline, links, held, opens_line=opens_line)]
    kept += apart([_coded(inline, part) for part in parts], kept)
    return kept + apart(minor(inline, links, held, referable=referable), kept)


def _coded(inline: Inline, part: tuple[int, int]) -> Edit:
    """Return the edit that makes a part of a stretch an inline code span."""
    start, end = part
    source = inline.source
    before, after = source[max(0, start - 1) : start], source[end : end + 1]
    gap = "\\" if inline.masked[max(0, start - 1) : start] == "\\" else " " * (before in ("`", "$"))
    return Edit(start, end, f"{gap}`{as_shown(source[start:end])}`{' ' * (after in ('`', '$'))}")

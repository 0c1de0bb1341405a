"""The markup in a stretch of inline Markdown that leads out of it: tags, links, images, wiki links, formulas."""

import re
from collections.abc import Iterator

from markdown_it.common.html_blocks import block_names

from proposer.reports.edits import Edit
from proposer.reports.inline import CODE, ESCAPED, Inline
from proposer.reports.links import Links

__all__ = ["as_shown", "destinations", "hot", "links_out", "macros", "minor"]

_ANGLE = re.compile(
    r"<(?:(?P<tag>/?(?P<name>[A-Za-z][A-Za-z0-9-]*)(?=[\s/>]|\Z))|[!?]"
    r"|(?P<address>[A-Za-z][A-Za-z0-9+.-]{1,31}:[^ \t\n<>]*)>"
    r"|[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,200}@[A-Za-z0-9.-]{1,250}>|(?P<odd>/?[A-Za-z]))"
)
_ELEMENTS = frozenset({*block_names, "audio", "canvas", "embed", "img", "math", "meta", "object", "picture", "pre",
                       "script", "source", "style", "svg", "template", "textarea", "video"})  # fmt: skip

_LINK = re.compile(
    rf"(?P<image>!?)\[(?P<text>[^\[\]\n`]{{0,500}})\]\([ \t]*"
    rf"(?:<(?P<angled>[^<>\n`|{CODE}]{{1,2000}})>|(?P<where>(?:[^\s()<>`|{CODE}]|\([^\s()<>`|{CODE}]*\)){{1,2000}}))"
    rf"(?:[ \t]+(?:\"[^\"\n`{CODE}]{{0,500}}\"|'[^'\n`{CODE}]{{0,500}}'|\([^()\n`{CODE}]{{0,500}}\)))?[ \t]*\)"
)
_STRICT = re.compile(r"\]\((?P<where>(?:[^\s()<>`|\[\]\\]|\([^\s()<>`|\[\]\\]*\))+)(?: \"[^\"\n<>`|\\&@]{0,500}\")?\)")
_WIKI_END = re.compile(r"(?:[^\[\]\\]|\\.)*\]\]", re.DOTALL)
_NOTE = re.compile(r"\[(?:\\?\^|&(?:#0*94|#[xX]0*5[eE]|Hat);)")
"""cmark-gfm takes the text between `[^` and `]` for a footnote's name, and shows it unread where there is none."""
_PLAIN_NOTE = re.compile(r"\[\^[\w-]{1,100}\]")
_MACRO = re.compile(
    rf"\\(?:href|url|includegraphics|html[A-Z][a-z]+|cssId|class|style|require|mmlToken|tooltip)\b[^\s`$|{CODE}{ESCAPED}]*"
)
_SCRIPT = re.compile(r"(?i)(j[\t\n]*a[\t\n]*v[\t\n]*a[\t\n]*script|vbscript|\bdata):(?=\S)")
_HOT = re.compile(
    r"[@`<\uff20\ufe6b]|[:/\\]{2}|\]\(|\]:|!\[|\[\[|&[#a-z]|(?m:^[ \t>]*/)"
    r"|(?i:www\.|script:|data:|clos|fix|resolv|implement)"
)


def hot(text: str) -> bool:
    """Tell whether code holds something that may act, were it not code."""
    return bool(_HOT.search(text))


def as_shown(source: str) -> str:
    """Return source as it is shown in a code span: as rendered where that can be, the schemes of scripts broken."""
    shown = Inline.read(source).shown
    plain = shown if shown.isprintable() and not re.search("[`|]", shown) else source
    return _SCRIPT.sub(r"\1 :", plain)


def destinations(inline: Inline, links: Links, *, referable: bool) -> Iterator[tuple[int, int]]:
    """Yield where the destinations of the allowed links of a stretch are, by the bracket stack of CommonMark.

    Args:
        inline: the stretch.
        links: the hosts that links may lead to.
        referable: the document defines link references: any pair of brackets may be a link, and links do not nest.
    """
    opened = 0
    spent = 0
    for match in re.finditer(r"[\[\]]", inline.masked):
        if match[0] == "[":
            opened += 1
            continue
        opened -= 1
        if opened >= spent:
            strict = _STRICT.match(inline.source, match.start())
            allowed = [strict.span()] if strict and links.reach(strict["where"]) else []
            yield from allowed
            if allowed or referable:
                spent = opened
        opened = max(opened, 0)
        spent = min(spent, opened)


def links_out(inline: Inline, links: Links) -> Iterator[Edit]:
    """Yield what shows the destination of each image, and of each link that may not be, as code after its text."""
    source = inline.source
    for match in _LINK.finditer(inline.masked):
        strict = _STRICT.fullmatch(source, match.end("text"), match.end())
        if match["image"] or not (strict and links.reach(strict["where"])):
            where = as_shown(source[slice(*match.span("angled" if match["angled"] else "where"))].strip() or " ")
            yield Edit(match.start(), match.start("text"), "")
            yield Edit(match.end("text"), match.end(), f"{' ' * bool(match['text'].strip())}(`{where}`)")


def minor(inline: Inline, links: Links, held: list[tuple[int, int]], *, referable: bool) -> Iterator[Edit]:
    """Yield escapes of single characters: of tags, of links in a form that is not plain, of wiki links, of formulas.

    Args:
        inline: the stretch.
        links: the hosts that links may lead to.
        held: the destinations of the allowed links.
        referable: the document defines link references.
    """
    yield from _angles(inline, links)
    yield from _brackets(inline, held, referable=referable)
    yield from _formulas(inline)


def _angles(inline: Inline, links: Links) -> Iterator[Edit]:
    text = inline.masked
    last = text.rfind(">")
    for found in re.finditer("<", text):
        at = found.start()
        match = _ANGLE.match(inline.source, at)
        if match is None:
            continue
        if match["address"] and links.reach(match["address"]):
            continue
        if at < last or not (match["tag"] or match["odd"]) or (match["name"] or "").lower() in _ELEMENTS:
            yield Edit(at, at + 1, "&lt;")


def _brackets(inline: Inline, held: list[tuple[int, int]], *, referable: bool) -> Iterator[Edit]:
    text, source = inline.masked, inline.source
    allowed = {start for start, _ in held}
    last_link = len(text) if referable else text.rfind("](")
    last_wiki = source.rfind("]]")
    for match in re.finditer(r"\]\(|!?\[", text):
        at = match.start()
        if match[0] == "](" and at not in allowed:
            yield Edit(at, at + 1, "&#93;")
        elif match[0] == "![" and at < last_link:
            yield Edit(at, at + 1, "&#33;")
        opening = match.end() - 1
        wide = _named(source, opening, last_wiki)
        yield from (Edit(place, place + 1, "\\[") for place in range(opening, opening + wide))


def _named(source: str, at: int, last: int) -> int:
    """Return how many brackets open a wiki link, or a footnote's name that is none."""
    if at < last and source.startswith("[[", at) and _WIKI_END.match(source, at + 2):
        return 2
    return int(bool(_NOTE.match(source, at) and not _PLAIN_NOTE.match(source, at)))


def macros(inline: Inline) -> Iterator[tuple[int, int]]:
    """Yield the parts of formulas that could load, link or restyle."""
    if "$" in inline.masked:
        yield from (match.span() for match in _MACRO.finditer(inline.masked))


def _formulas(inline: Inline) -> Iterator[Edit]:
    """Disarm `$` where a formula could load, link or swallow the backtick of hot code (comrak's math_dollars)."""
    text, source = inline.masked, inline.source
    if "$" not in text:
        return
    codes = [source[start:end].strip("`") for start, end in inline.codes]
    swallowed = any("$" in code for code in codes) and any(hot(code) for code in codes)
    if swallowed or _MACRO.search(text):
        for match in re.finditer(r"\$", text):
            yield Edit(match.start(), match.end(), "\\$")
    for start, end in inline.codes:
        if source[start - 1 : start] == "$" == source[end : end + 1] and _MACRO.search(source, start, end):
            yield Edit(start, start, " ")
            yield Edit(end, end, " ")

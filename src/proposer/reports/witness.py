"""A second reading of text that is to be published: markdown-it's own, with HTML, images and links switched on."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from proposer.reports.links import Links

__all__ = ["objections"]

_SUSPICIOUS = re.compile(r"<[A-Za-z/!?]|(?<!\\)(?:\\\\)*\](?:[(\[]|:)")


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"maxNesting": 20}).enable("table").disable(["inline", "text_join"])


def objections(text: str, links: Links) -> Iterator[int]:
    """Yield the lines of blocks in which markdown-it sees HTML, an image, or a link that may not be.

    Args:
        text: Markdown that counts as harmless.
        links: the hosts that links may lead to.
    """
    if not _SUSPICIOUS.search(text):
        return
    parser = _parser()
    found: dict[str, object] = {}
    for token in parser.parse(text, found):
        if token.type == "html_block" and token.map:
            yield token.map[0]
        elif token.type == "inline" and token.map:
            inside: list[Token] = []
            if _SUSPICIOUS.search(token.content) or (found.get("references") and "[" in token.content):
                parser.inline.parse(token.content, parser, found, inside)
            if _leads_away(inside, links):
                yield token.map[0]


def _leads_away(tokens: Sequence[Token], links: Links) -> bool:
    return any(
        token.type in ("html_inline", "image")
        or (token.type == "link_open" and not links.reach(str(token.attrGet("href"))))
        for token in tokens
    )

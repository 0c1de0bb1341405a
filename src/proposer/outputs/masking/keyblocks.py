"""Private keys as files carry them: PEM, OpenSSH, PGP, PuTTY."""

import re
from collections.abc import Iterator

from proposer.outputs.masking.shadows import Span

__all__ = ["find"]

_BEGIN = re.compile(r"-{4,5} ?BEGIN (?:[A-Z0-9]{2,12} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}")
_END = re.compile(r"-{4,6} ?END (?:[A-Z0-9]{2,12} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{0,5}")
_BODY = re.compile(r"[A-Za-z0-9+/]{16}|(?=[A-Za-z+/]{0,16}[0-9])[A-Za-z0-9+/]{8}")
_LINES = re.compile(
    r"(?:(?:\\[nr]?|[\s\"'`,>|#*+;:)(]){1,200}|(?<![A-Za-z0-9+/=])-(?!-)"
    r"|(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset)[ ]?:[^\r\n\\]{0,100}"
    r"|[A-Za-z0-9+/]{20,}={0,2}(?![A-Za-z0-9+/])|[A-Za-z0-9+/]{1,76}={1,2}|(?<=\n)=[A-Za-z0-9+/]{4})"
)
_PUTTY = re.compile(
    r"Private-Lines: {0,4}[0-9]{1,4}(?:\s|\\[rn]){1,9}((?:[A-Za-z0-9+/]{1,100}={0,2}(?:\s|\\[rn]){1,9}){1,400})"
)
_MAC = re.compile(r"Private-(?:MAC|Hash): {0,4}([0-9a-f]{40,64})")


def find(text: str) -> Iterator[Span]:
    """Yield private keys; a block without its end goes as far as its lines look like one."""
    if "PRIVATE KEY" in text:
        yield from _blocks(text)
    if "Private-" in text:
        for match in _PUTTY.finditer(text):
            yield Span(*match.span(1), "putty-key")
        for match in _MAC.finditer(text):
            yield Span(*match.span(1), "putty-key")


def _blocks(text: str) -> Iterator[Span]:
    at = 0
    while begin := _BEGIN.search(text, at):
        first, at = begin.end(), begin.end()
        # The next dashes are the end of the block, or the start of another one.
        dashes = text.find("----", first)
        end = _END.match(text, dashes) if dashes >= 0 else None
        if end and _BODY.search(text, first, dashes):
            yield Span(begin.start(), end.end(), "private-key")
            at = end.end()
            continue
        last = first
        while line := _LINES.match(text, last):
            last = line.end()
        if _BODY.search(text, first, last):
            yield Span(begin.start(), first + len(text[first:last].rstrip()), "private-key")
            at = last

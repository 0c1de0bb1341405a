"""Processor seconds for 1, 2, 4 and 8 MB of hostile input: a column should be at most twice the one before.

Run `python benchmarks/growth.py [WORD]...`; with words, only rows whose name has one of them.
"""

import sys
from collections.abc import Callable
from time import process_time

from proposer.inputs.untrusted import clean

__all__ = ["ROWS", "SIZES", "Prepared", "over"]

Prepared = Callable[[int], Callable[[], object]]
"""For a size, the call to measure."""

SIZES = (1, 2, 4, 8)
"""Megabytes (10^6 bytes of UTF-8)."""


def repeated(piece: str, *, before: str = "", after: str = "") -> Callable[[int], str]:
    """Return a function that makes a text of about that many bytes out of a piece."""
    return lambda size: before + piece * (size // len(piece.encode())) + after


def over(function: Callable[[str], object], make: Callable[[int], str]) -> Prepared:
    """Return a row: for a size, the call to measure; the text is made outside of the measurement."""

    def prepared(size: int) -> Callable[[], object]:
        text = make(size)
        return lambda: function(text)

    return prepared


_HOSTILE = {
    "ASCII prose": repeated("The quick brown fox jumps over the lazy dog, again and again.\n"),
    "Persian with joiners": repeated("می\u200cروم و نمی\u200cدانم که کجا می\u200cروم. "),  # noqa: RUF001
    "emoji with joiners": repeated("👩🏽\u200d🚀👨\u200d👩\u200d👧❤️ "),
    "zero-width only": repeated("\u200b"),
    "zero-width after every letter": repeated("a\u200b"),
    "joiners only": repeated("\u200d"),
    "selectors after an emoji": repeated("\ufe01", before="😀"),
    "CSI": repeated("\x1b[31m"),
    "CSI without an end": repeated("\x1b["),
    "OSC without an end, one line": repeated("\x1b]0;x"),
    "OSC without an end, many lines": repeated("\x1b]0;x\n"),
    "8-bit OSC, many lines": repeated("\x9d\n"),
    "comments": repeated("<!-- x -->y"),
    "comments opened": repeated("<!--"),
    "comments put together by comments": repeated("<!-", after="<!-- -->" + "- -->" * 1000),
    "comments in entities": repeated("&lt;!-- x --&gt;y"),
    "ampersands": repeated("&"),
    "almost entities": repeated("&a"),
    "innocent entities": repeated("&lt;"),
    "innocent entities without semicolons": repeated("&lt"),
    "hidden entities": repeated("&#x200b;"),
    "hidden entities between letters": repeated("a&#x200b;"),
    "&amp; and then #x200b;": repeated("&amp;", after="#x200b;"),
    "&amp;amp;amp; and then #x200b;": repeated("amp;", before="&", after="#x200b;"),
    "entities 40 deep": repeated("&" + "amp;" * 40 + "#x200b;"),
    "entities built from the inside": lambda size: "&#" * (size // 4) + "53;" + "3;" * (size // 4),
    "a number with many zeros": repeated("0", before="&#x", after="200b;"),
    "numbers with many zeros": repeated("&#x" + "0" * 1000),
    "comment in an entity in a comment": repeated("&#x<!-- &#x<!-- --> -->200b;"),
    "one layer per pass": lambda size: "&#x2" * (size // 8) + "<!-- -->" + "00b;" * (size // 8),
    "tags opened": repeated("<a "),
    "tags opened, one with alt": repeated("<a ", before="<img alt=x "),
    "details opened": repeated("<details"),
    "details": repeated("<details>x</details>"),
    "attributes": repeated(" alt=x", before="<img", after=">"),
    "quotes": repeated("='\"", before="<img alt="),
    "quotes without an end": repeated("<img alt='", after='"'),
    "tags with a title": repeated('<a title="x">y</a>'),
    "titles in titles": repeated("<a title='<a title=\"", after="x"),
    "hidden elements": repeated("<b hidden style='display:none'>x</b>"),
    "comments in a style": repeated("<b style='" + "/* " * 30_000 + "'>x"),
    "zeros in a style": repeated("<b style='opacity:" + "0" * 100_000 + "1'>x"),
    "white in a style": repeated("<b style='background:x;" + "color:white " * 8_000 + "'>x"),
    "attributes with blanks": repeated("a" + " " * 50, before="<img alt=x ", after=">"),
    "one attribute with many blanks": repeated(" ", before="<img alt=x a", after="b>"),
    "equals signs": repeated("= ", before="<img alt=x ", after=">"),
    "names with colons": repeated("<" + "a:" * 50_000 + " title='x'>"),
    "parts of a plain tag": repeated("<foo" + " b" * 50_000 + " title='x'>"),
    "link definitions": repeated("[//]: # (x)\n"),
    "brackets": repeated("["),
    "blank lines": repeated("\n"),
    "lone surrogates": lambda size: "\ud800" * (size // 3),
}

ROWS: dict[str, Prepared] = {
    **{f"clean: {name}": over(clean, make) for name, make in _HOSTILE.items()},
}


def main() -> None:
    """Print the table."""
    print(f"{'':56}" + "".join(f"{size:>7} MB" for size in SIZES))
    for name, prepare in ROWS.items():
        if len(sys.argv) > 1 and not any(word in name for word in sys.argv[1:]):
            continue
        print(f"{name:56}", end="", flush=True)
        for size in SIZES:
            call = prepare(size * 1_000_000)
            start = process_time()
            call()
            print(f"{process_time() - start:10.3f}", end="", flush=True)
        print()


if __name__ == "__main__":
    main()

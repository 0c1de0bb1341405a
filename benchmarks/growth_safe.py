"""Processor seconds for hostile text that is to be shown: at most about twice the column before.

Run `python benchmarks/growth_safe.py [WORD]...`; with words, only rows whose name has one of them. Above 200,000 bytes
or 5,000 lines the text is cut, so that beyond them only its reading grows.
"""

import sys
from collections.abc import Callable
from time import process_time

from proposer.reports.safe import log_line, markdown, terminal

__all__ = ["ROWS", "SIZES"]

SIZES = (25_000, 50_000, 100_000, 199_000, 1_000_000, 2_000_000, 4_000_000, 8_000_000)
"""Characters."""

Row = tuple[Callable[[str], str], Callable[[int], str]]


def _repeated(piece: str) -> Callable[[int], str]:
    """Return a maker of text of about a number of characters from one piece."""
    return lambda size: piece * (size // len(piece))


def _ticks(size: int) -> str:
    """Return runs of backticks of many lengths."""
    return "".join("`" * (number % 50 + 1) + " " for number in range(size // 26))


_MARKDOWN = {
    "prose": "The retry posts again when the first call timed out; see `post(key)` and look the key up first. ",
    "paragraphs": "## P1 Posted twice\n\nSee `a.py:3`, and/or [this](https://github.com/o/r).\n\n- it costs $5\n\n",
    "backslashes": "\\",
    "dots": "a.a.a.",
    "mail": "a.a@",
    "brackets": "[",
    "links": "[a](b",
    "images": "![",
    "emphasis": "*a_",
    "tags": "<a ",
    "angles": "<",
    "mentions": "@user ",
    "references": "a/b#1 ",
    "labels": "~a b",
    "commits": "0a1b2c3",
    "colons": ":/",
    "addresses": "http://a|",
    "closing forms": "closes #1, ",
    "tables": "|a|b|\n|-|-|\n|`@a|@b|\n\n",
    "fences": "```suggestion\nx\n```\n",
    "quotes": "> ",
    "lists": "- @a\n",
    "entities": "&#64;a ",
    "quotation marks": '~"',
    "dollars": "$",
    "pipes": "|",
    "exclamation marks": "!",
    "hashes": "#1",
    "tildes": "~",
    "one line in quotes": "> a ",
    "nested lists": "- - a\n",
    "comments": "<!--",
    "definitions in definitions": "[a]: [",
    "definitions": "[a]: http://x\n",
}
_LINES = {"commands": "\n::error::x", "colons": "::", "marks": "##[", "spaces": " "}
_MARKUP = {"tags": "[bold]", "brackets": "[", "backslashes": "\\", "emoji codes": ":x:", "prose": "a plain line "}

ROWS: dict[str, Row] = {
    **{f"markdown {name}": (markdown, _repeated(piece)) for name, piece in _MARKDOWN.items()},
    "markdown backticks": (markdown, _ticks),
    **{f"log_line {name}": (log_line, _repeated(piece)) for name, piece in _LINES.items()},
    **{f"terminal {name}": (terminal, _repeated(piece)) for name, piece in _MARKUP.items()},
}
"""By name: the function, and a maker of text by its size in characters."""


def main() -> None:
    """Print the table."""
    print(f"{'':32}" + "".join(f"{size:>10}" for size in SIZES))
    for name, (function, make) in ROWS.items():
        if len(sys.argv) > 1 and not any(word in name for word in sys.argv[1:]):
            continue
        print(f"{name:32}", end="", flush=True)
        for size in SIZES:
            text = make(size)
            start = process_time()
            function(text)
            print(f"{process_time() - start:10.3f}", end="", flush=True)
        print()


if __name__ == "__main__":
    main()

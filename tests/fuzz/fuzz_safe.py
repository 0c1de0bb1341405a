"""Looks for text that stays live, or changes when it is published twice: `python tests/fuzz/fuzz_safe.py EXAMPLES`.

Judged by every Markdown parser at hand; with `cmarkgfm` and `comrak` installed, by the ones of GitHub and GitLab too.
"""

import sys
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.text import Text

sys.path.insert(0, str(Path(__file__).parents[1]))

from platforms import acts, renderers
from proposer.inputs.untrusted import clean
from proposer.reports.safe import log_line, markdown, terminal

MARKS = [
    "@user", "@a/b", "`", "``", "```", "~~~", "~~~~", "``` ", "    ", "\t", " ", "> ", "> > ", "- ", "* ", "+ ",
    "1. ", "10. ", "# ", "## ", "*", "**", "_", "~", "~~", "^", "[", "]", "(", ")", "](", "][", "![", "[[", "]]",
    "]:", "[x]: ", "[^1]: ", "[^1]", "[^a b]", "[x]", "[a][b]", "https://github.com/a", "https://github.com",
    "https://evil.com/x", "http://e.c", "www.e.co", "foo://b", "<", ">", "<b>", "</b>", "<!--", "-->", "<div",
    "<https://github.com/a>", "<http://x.y>", "<a@b.c>", "closes #1", "fixes", "implements: ", "#1", "!3", "GH-2",
    "owner/repo#1", "PROJ-1", "https://github.com/o/r/issues/1", "/close", "/usr/bin", "\\", "\\\\", "\\`", "\\[",
    "\\]", "$", "$$", ">>>", ": ", "~ ", "---", "+++", "===", "...", "&#64;u", "&lt;", "&amp;", "&nbsp;", "&Tab;",
    "&colon;", "&sol;", "&lbrack;", "&#94;", "javascript:x", "data:text/html,x", "a", "b c", "user@e.com", "a@b",
    "x.y", "//e.com/", "!", "'", '"', "{", "}", "[!note]", "[ ]", "é", "…", "@", "/", ":", "=",
    "suggestion",
    "0a1b2c3", "~bug", '~"a b"', "%v1", "o/r@0a1b2c3", "_#1_", "math", "\\href{x}",
    "(https://github.com/a)", "(x)", "https://github.com:8/", "https://github.com@e.c/",
    "mailto:", "%", "coding: ",
]  # fmt: skip
LINES = [
    "\n", "\n\n", "\n    ", "\n  ", "\n\t", "\n> ", "\n- ", "\n```\n", "\n~~~\n", "\n---\n", "\n===\n", "\n>>>\n",
    "\n: ", "\n:-:\n", "\n|-|-|\n", "\n| a | b |\n|---|---|\n", "\\\n", "  \n", "\n>\n", "\n*\n  \n", "\r", "\x0c",
    "\u2028",
]  # fmt: skip
ODD = [
    "|", "\\|", "\xa0", "\u3000", "\u200b", "\uff20u", "\uff41", "\x1b[1m", "\x00", "\x01", "&#10;", "&#0;",
]  # fmt: skip
PIECES = [*MARKS, *MARKS, *LINES, *LINES, *LINES, *ODD]
MARKDOWN = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=60).map("".join)
MARKUP = [
    "[", "]", "\\", "[bold]", "[/]", "[red", ":", "::", ":smile:", ":x:", "-text:", "[1]", "[@a=x]", " ", "\n", "#",
    "##", "@", "error", "set-output", " a=b", "vso", "section_start:", "\r",
]  # fmt: skip
PRINTED = st.lists(st.sampled_from(MARKUP) | st.text(max_size=3), max_size=30).map("".join)


def check_markdown(text: str) -> None:
    """Nothing acts, and a second time changes nothing."""
    once = markdown(text)
    assert list(acts(once)) == []
    assert markdown(once) == once


def check_lines(text: str) -> None:
    """No line starts with a command, parting is idempotent, and Rich reads the cleaned text."""
    once = log_line(text)
    assert log_line(once) == once
    assert not any(line.lstrip().startswith("::") and "::" in line.lstrip()[2:] for line in once.splitlines())
    assert Text.from_markup(terminal(text)).plain == clean(text)


def main(examples: int) -> None:
    """Try that many texts of each kind."""
    print("judged by", ", ".join(renderers()))
    search = settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=False
    )
    for texts, check in ((MARKDOWN, check_markdown), (PRINTED, check_lines)):
        search(given(texts)(check))()
        print(f"{check.__name__}: {examples} texts, nothing found")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)

"""Text for CI logs and terminals: nothing a runner executes, nothing that Rich styles, and all of it readable."""

import io
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table
from rich.text import Text

from proposer.inputs.untrusted import clean
from proposer.reports.safe import log_line, terminal

EXECUTED = {
    "a command": ("::error::x", ": :error::x"),
    "a command with properties": ("::set-output name=a::b", ": :set-output name=a::b"),
    "a mask": ("::add-mask::secret", ": :add-mask::secret"),
    "a command whose end is missing": ("::warning file=a", ": :warning file=a"),
    "a command that no runner knows yet": ("::tomorrow::x", ": :tomorrow::x"),
    "a token that ends a stop": ("::token::", ": :token::"),
    "indented": ("  \t::group::x", "  \t: :group::x"),
    "after a space that is not ASCII": ("\u00a0\u2003::error::x", "\u00a0\u2003: :error::x"),
    "on a later line": ("a\n::error::x\nb", "a\n: :error::x\nb"),
    "after a carriage return": ("a\r::error::x", "a\n: :error::x"),
    "after a line separator": ("a\u2028::error::x\u2029::error::y\x85::error::z\x0b::a::\x0c::b::",
                               "a\n: :error::x\n: :error::y\n: :error::z\n: :a::\n: :b::"),
    "behind an escape sequence": ("\x1b[31m::error::x", ": :error::x"),
    "behind an invisible character": ("\u200b::error::x", ": :error::x"),
    "three colons": (":::error::x", ": : :error::x"),
    "where a table may break the line": ("x ::error::y", "x : :error::y"),
    "an old command": ("##[error]x", "## [error]x"),
    "an old command inside a line": ("a ##[group]x", "a ## [group]x"),
    "a command of Azure": ("##vso[task.setvariable variable=a]b", "## vso[task.setvariable variable=a]b"),
    "a command of TeamCity": ("##teamcity[x]", "## teamcity[x]"),
    "more number signs": ("####[error]x", "#### [error]x"),
    "a section of GitLab": ("section_start:1:a\r\x1b[0K", "section_start :1:a\n"),
    "the end of one": ("x section_end:1:a", "x section_end :1:a"),
}  # fmt: skip

READABLE = [
    "std::vector<int>", "a::b", "List<T>::new()", "::1 is the loopback", "::ffff:10.0.0.1", "::", "::/0", "at fe80::1",
    "std::error::Error", "x ::move", "## [a](b)", "#[derive(Debug)]", "# [x]", "12:30:45", "section start: 1",
    "設計を見直す", "", "\n\n  a\n", "let y: Vec::<u8>::new();",
]  # fmt: skip


@pytest.mark.parametrize(("text", "shown"), EXECUTED.values(), ids=EXECUTED.keys())
def test_what_a_runner_executes_is_parted(text: str, shown: str) -> None:
    assert log_line(text) == shown


@pytest.mark.parametrize("name", [
    "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "internal-set-repo-path",
    "notice", "remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning", "Error",
])  # fmt: skip
def test_each_command_that_a_runner_knows_is_parted_inside_a_line(name: str) -> None:
    assert log_line(f"x ::{name}::y") == f"x : :{name}::y"
    assert log_line(f"x ::{name} a=b::y") == f"x : :{name} a=b::y"


@pytest.mark.parametrize("text", READABLE)
def test_a_line_that_is_no_command_stays_as_it_is(text: str) -> None:
    assert log_line(text) == text


def commands(text: str) -> list[str]:
    """Find what GitHub's runner (ActionCommand.cs), Azure's and GitLab's would execute."""
    found = re.findall(r"##[A-Za-z]*\[|section_(?:start|end):", text)
    for line in text.splitlines():
        bare = line.strip()
        if bare.startswith("::") and re.match(r"[A-Za-z]", bare[2:]) and "::" in bare[2:]:
            found.append(bare)
    return found


PIECES = ["::", ":", "error", "set-output", " name=a", "##", "[", "]", "vso", "section_start:", "section_", "end:", "1",
          " ", "\n", "\r", "\t", "\u2028", "\u00a0", "\u200b", "\x1b[0K", "a", "b::c", "<", "#", "é"]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=16).map("".join)


@settings(max_examples=300)
@given(TEXTS)
@example("## #[a]")
@example("::section_start:")
@example(" ::error:: ::error::")
def test_no_line_is_a_command_and_parting_is_idempotent(text: str) -> None:
    once = log_line(text)
    assert commands(once) == []
    assert log_line(once) == once


def test_no_line_of_a_table_is_a_command_where_its_cell_breaks_at_a_space() -> None:
    stream = io.StringIO()
    table = Table(box=None, pad_edge=False)
    table.add_row("P1", terminal(log_line("word " * 6 + "::error file=a::x " + "word ::add-mask::y " * 9)))
    for width in range(12, 60):
        Console(file=stream, width=width, color_system=None).print(table)
    assert commands(stream.getvalue()) == []


def printed(markup: str) -> str:
    """Print through Rich as the console report does, emoji codes and all."""
    stream = io.StringIO()
    Console(file=stream, width=10_000, color_system=None, highlight=False, soft_wrap=True).print(markup, end="")
    return stream.getvalue()


MARKUP = {
    "a style": "[bold red]x[/bold red]",
    "an end without a start": "[/] [/b]",
    "a link": "[link=http://e.example]x[/link]",
    "a handler": "[@click=app.quit]x[/]",
    "a colour": "[#ff0000]x",
    "a tag over two lines": "[bold\nred]x",
    "an index": "a[0] [1, 2] [A] [ ] []",
    "a tag that does not end": "[bold",
    "an escaped tag": r"\[bold] \\[bold] \\\[bold]",
    "an escaped bracket": r"\[1] \\[1] C:\[x",
    "backslashes": "\\ \\\\ C:\\a\\b \\\\",
    "a backslash at the end": "a\\",
    "emoji codes": ":smile: :x: :warning-text: a:x:b 10:100:1000 :bug::fire:",
    "emoji codes in brackets": "[:smile:] [a:x:] \\[a:x:]\\",
    "no emoji codes": "std::x::y ::1 12:30:45 :no_such_name:",
    "control sequences": "\x1b[31mred\x1b[0m \x1b]8;;http://e.example\x07link\x1b]8;;\x07 \x9b1m a\x07b\x08",
    "other scripts": "設計 é 👩‍👩‍👧 ⚠️",
}


@pytest.mark.parametrize("text", MARKUP.values(), ids=MARKUP.keys())
def test_rich_prints_the_cleaned_text(text: str) -> None:
    assert printed(terminal(text)) == clean(text)
    assert "\x1b" not in terminal(text)


@pytest.mark.parametrize("text", ["12:30:45", "a:word:c", "std::vec::y", "words", "\\a"])
def test_what_rich_leaves_alone_is_left_alone(text: str) -> None:
    assert terminal(text) == text


@pytest.mark.parametrize("text", MARKUP.values(), ids=MARKUP.keys())
def test_text_takes_no_style_from_the_markup_around_it_and_gives_none(text: str) -> None:
    around = Text.from_markup(f"[bold]{terminal(text)}[/bold]{terminal(text)}[red]end[/red]")
    assert around.plain == f"{clean(text)}{clean(text)}end"
    length = len(clean(text))
    assert [(span.start, span.end, span.style) for span in around.spans if span.style != "none"] == [
        (0, length, "bold"), (2 * length, 2 * length + 3, "red"),
    ]  # fmt: skip


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(["[", "]", "\\", "[bold]", "[/]", "[red", ":", "::", ":smile:", "x", "-text:", "[1]", "[@a=x]",
                         " ", "\n", "#", "/", "@", "[#fff]", "smile"]),
        max_size=14,
    ).map("".join)
)  # fmt: skip
def test_rich_prints_the_cleaned_text_whatever_it_is(text: str) -> None:
    assert printed(terminal(text)) == clean(text)
    assert printed(f"{terminal(text)}[bold]{terminal(text)}[/bold]") == clean(text) * 2


@pytest.mark.parametrize("piece", ["\\", ":", "[", "[a", "::error ", "\n::", "[a]", "\\[", " ::", ":x:", "##", "##a"])
def test_long_runs_are_read_once(piece: str) -> None:
    text = piece * 20_000
    assert log_line(log_line(text)) == log_line(text)
    assert Text.from_markup(terminal(text)).plain == clean(text)

"""The parts behind published Markdown: readings of inline source, allowed links, edits, the second reading."""

import pytest

from proposer.reports.blocks import Blocks
from proposer.reports.defusal import as_code
from proposer.reports.edits import Edit, apart, applied
from proposer.reports.inline import Inline
from proposer.reports.links import Links
from proposer.reports.witness import objections

LINKS = Links(("github.com",))


@pytest.mark.parametrize(
    ("source", "codes", "loose"),
    [
        ("`a` b", ["`a`"], []),
        ("``a ` b``", ["``a ` b``"], []),
        ("`a", [], ["`"]),
        ("``a`", [], ["``", "`"]),
        ("\\`a` `b", ["` `"], []),
        ("`a\\` b", ["`a\\`"], []),
        ("\\\\`a`", ["`a`"], []),
        ("`a\nb`", ["`a\nb`"], []),
        ("a``b`c``d`", ["``b`c``"], ["`"]),
    ],
)
def test_code_spans_are_found_as_commonmark_finds_them(source: str, codes: list[str], loose: list[str]) -> None:
    inline = Inline.read(source)
    assert [source[start:end] for start, end in inline.codes] == codes
    assert [source[start:end] for start, end in inline.loose] == loose
    assert len(inline.masked) == len(source)
    assert len(inline.starts) == len(inline.shown) + 1


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("a&amp;b", "a&b"),
        ("&#64;&#x40;&commat;", "@@@"),
        ("&unknown; &amp", "&unknown; &amp"),
        ("&notit; &ampx;", "&notit; &ampx;"),
        ("\\@ \\a \\\\", "@ \\a \\"),
        ("\\&amp;", "&amp;"),
        ("`&amp;`", "\x00" * 7),
        ("&NotEqualTilde;", "\u2242\u0338"),
    ],
)
def test_the_shown_text_is_the_rendered_one(source: str, shown: str) -> None:
    assert Inline.read(source).shown == shown


def test_what_is_inside_of_code_begins_behind_its_first_backtick_and_ends_with_its_last() -> None:
    inline = Inline.read("a `b` c ``d`` e")
    inside = "".join("x" if inline.is_code(at) else "." for at in range(len(inline.source)))
    assert inside == "...xx....xxxx.."


@pytest.mark.parametrize(
    ("line", "markers"),
    [
        ("a", 0), ("> a", 2), ("- a", 2), ("* > 1. a", 7), ("10) a", 4), ("1.", 2), ("-", 1), ("+", 1), ("1.a", 0),
        ("*a*", 0), ("1234567890. a", 0), (">- a", 3), (" \t> ", 4), ("1.\ta", 3), ("-\ta", 2), ("", 0),
    ],
)  # fmt: skip
def test_the_markers_of_containers_are_told_from_what_they_hold(line: str, markers: int) -> None:
    assert Blocks.read(line).content(0) == markers


def test_a_line_that_is_in_no_block_stands_for_itself() -> None:
    blocks = Blocks.read("[a]: b\n\nc\nd\n\n[e]: f\n\n- g\n  h\n")
    assert [blocks.around(line) for line in range(9)] == [
        (0, 1), (1, 2), (2, 4), (2, 4), (4, 5), (5, 6), (6, 7), (7, 9), (7, 9),
    ]  # fmt: skip


def test_a_text_of_nothing_but_definitions_has_no_block() -> None:
    assert Blocks.read("[a]: b").around(0) == (0, 1)


def test_only_a_line_right_below_a_table_is_below_one() -> None:
    table = "|a|\n|-|\n|b|"
    assert list(Blocks.read(f"{table}\n\nc\n\n```\nd\n```\ne\n").below_tables()) == [3]
    assert list(Blocks.read(table).below_tables()) == []
    assert list(Blocks.read(f"{table}\n").below_tables()) == [3]
    assert list(Blocks.read("a\nb\n").below_tables()) == []


def test_lines_that_are_in_no_leaf_are_told_in_runs() -> None:
    text = "# a\n\nb\n-\n\n---\n\n[c]: d\n[e]: f\n\n> [g]: h\n\n    i\n\n[j]: k"
    assert [list(run) for run in Blocks.read(text).unread()] == [[7, 8], [10], [14]]


def test_a_place_in_the_shown_text_is_found_in_the_source() -> None:
    inline = Inline.read("x &#64;us\\_er &NotEqualTilde;.")
    assert inline.source[slice(*inline.place(2, 8))] == "&#64;us\\_er"
    start = inline.shown.index("\u2242")
    assert inline.source[slice(*inline.place(start, start + 1))] == "&NotEqualTilde;"


@pytest.mark.parametrize(
    ("destination", "reached", "bare"),
    [
        ("https://github.com", True, True),
        ("https://github.com/a_b/%20?x=1&y=2#z", True, True),
        ("HTTPS://GitHub.COM/a", True, True),
        ("https://github.com/a_(b)", True, False),
        ("https://github.com/a@v1", True, False),
        ("https://github.com/@a", False, False),
        ("https://github.com/user-attachments/assets/1", True, False),
        ("https://github.com/a.mov?raw=1", True, False),
        ("http://github.com/", False, False),
        ("https://github.com.evil.example/", False, False),
        ("https://github.com:443/", False, False),
        ("https://github.com@evil.example/", False, False),
        ("https://github.com\\@evil.example/", False, False),
        ("https://github.com&#64;evil.example/", False, False),
        ("https://github.com/?u=https://evil.example", False, False),
        ("https://g\u0456thub.com/", False, False),
        ("https://github.com\n/", False, False),
        ("//github.com/", False, False),
        ("docs/a_b.md", True, False),
        ("../a.py?plain=1#L3", True, False),
        ("/o/r", True, False),
        ("#a-b", True, False),
        ("#", False, False),
        ("/\\github.com", False, False),
        ("javascript:a", False, False),
        ("a:b", False, False),
        ("", False, False),
    ],
)
def test_links_reach_exactly_the_hosts(destination: str, reached: bool, bare: bool) -> None:
    assert (LINKS.reach(destination), LINKS.keep_bare(destination)) == (reached, bare)


def test_without_hosts_nothing_is_reached() -> None:
    assert not any(Links(()).reach(destination) for destination in ("https://github.com", "docs/a.md", "#a"))


def test_of_overlapping_edits_the_first_counts() -> None:
    assert applied("abcdef", [Edit(1, 3, "X"), Edit(2, 4, "Y"), Edit(4, 4, "!"), Edit(4, 5, "Z")]) == "aXd!ef"
    assert apart([Edit(0, 1, ""), Edit(2, 3, ""), Edit(4, 6, "")], [Edit(1, 3, "")]) == [Edit(0, 1, ""), Edit(4, 6, "")]


@pytest.mark.parametrize("text", ["a", "```\na\n```", "a ````` b", "", "~~~"])
def test_text_as_code_is_one_closed_fence(text: str) -> None:
    [fence] = Blocks.read(as_code(text)).fences()
    assert fence.closed
    assert fence.content == f"{text}\n"
    assert fence.info == "text"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\n\n<b>x</b>", [2]),
        ("<div>\nx\n</div>\n\na", [0]),
        ("![a](https://github.com/a)", [0]),
        ("[a](http://e.example)", [0]),
        ("[a]\n\n[a]: http://e.example", [0]),
        ("- a\n- [b](//c)", [1]),
        ("<http://e.example>", [0]),
        ("[a\\\\](http://e.example)", [0]),
        ("[a\\](http://e.example)", []),
        ("| a |\n|---|\n| <b> |", [2]),
        ("[a](https://github.com/a) `<b>` a < b &lt;b>\n\n    <b>", []),
        ("plain", []),
    ],
)
def test_the_second_reading_objects_to_what_leads_away(text: str, lines: list[int]) -> None:
    assert list(objections(text, LINKS)) == lines


@pytest.mark.parametrize(("text", "lines"), [("`](`", []), ("a]: b", []), ("[a](b)", [0]), ("[a]()", [0])])
def test_without_hosts_the_second_reading_objects_to_links_alone(text: str, lines: list[int]) -> None:
    assert list(objections(text, Links(()))) == lines


def test_the_parser_is_read_as_cmark_reads_tables_and_destinations() -> None:
    def kinds(text: str) -> list[int | None]:
        return [stretch.row for stretch in Blocks.read(text).stretches()]

    assert kinds("a|b\n-|-\nc|d\n") == [0, 0, 2, 2]
    assert kinds(">a|b\n-|-\n") == [None]
    assert kinds("a|\n--\n") == [None]
    assert Blocks.read("[a]: javascript:x\n").referable

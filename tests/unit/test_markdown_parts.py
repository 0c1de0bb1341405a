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
        ("\\@ \\a \\\\", "@ \\a \\"),
        ("\\&amp;", "&amp;"),
        ("`&amp;`", "\x00" * 7),
        ("&NotEqualTilde;", "\u2242\u0338"),
    ],
)
def test_the_shown_text_is_the_rendered_one(source: str, shown: str) -> None:
    assert Inline.read(source).shown == shown


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
        ("| a |\n|---|\n| <b> |", [2]),
        ("[a](https://github.com/a) `<b>` a < b &lt;b>\n\n    <b>", []),
        ("plain", []),
    ],
)
def test_the_second_reading_objects_to_what_leads_away(text: str, lines: list[int]) -> None:
    assert list(objections(text, LINKS)) == lines


def test_the_parser_is_read_as_cmark_reads_tables_and_destinations() -> None:
    def kinds(text: str) -> list[int | None]:
        return [stretch.row for stretch in Blocks.read(text).stretches()]

    assert kinds("a|b\n-|-\nc|d\n") == [0, 0, 2, 2]
    assert kinds(">a|b\n-|-\n") == [None]
    assert kinds("a|\n--\n") == [None]
    assert Blocks.read("[a]: javascript:x\n").referable

"""What acts on its own in a stretch of rendered text, kind by kind, and where each part ends."""

import pytest

from proposer.reports.inline import Inline
from proposer.reports.links import Links
from proposer.reports.live import command_at, live

LINKS = Links(("github.com",))


def parts(source: str, *held: str, opens_line: bool = True) -> list[str]:
    """Return what acts in a source; `held` are the destinations of its links, with their brackets, in order."""
    inline = Inline.read(source)
    places = [(source.index(part), source.index(part) + len(part)) for part in held]
    return [source[start:end] for start, end in live(inline, LINKS, places, opens_line=opens_line)]


ENDS = {
    "a bare host before code": ("www.e.co`x`y", ["www.e.co"]),
    "an address without a scheme before code": ("//e.co/a`x`y", ["//e.co/a"]),
    "a script before code": ("javascript:a`x`", ["javascript:a"]),
    "data before code": ("data:text/a`x`", ["data:text/a"]),
    "data without a type": ("data:;base64,x data:,y", ["data:;base64,x", "data:,y"]),
    "a command before code": ("/close`x`", ["/close"]),
    "a bracket of the sentence": ("(www.e.co/a) [www.e.co/b] {www.e.co/c}", ["www.e.co/a", "www.e.co/b", "www.e.co/c"]),
    "brackets of the address": ("www.e.co/(a)[b]{c}", ["www.e.co/(a)[b]{c}"]),
    "a command in a footnote": ("[^1]: /close", ["/close"]),
    "a wide sign alone": ("\uff20user", ["\uff20user"]),
    "a small sign alone": ("\ufe6buser", ["\ufe6buser"]),
    "an address in angle brackets may have round ones": ("<https://github.com/a_(b)>", []),
    "an address by itself may not": ("https://github.com/a_(b)", ["https://github.com/a_(b)"]),
    "two slashes and nothing": ("https:// x", ["https://"]),
    "one slash and nothing": ("https:/ x", []),
    "one slash after another word": ("see:/x", []),
    "what looks like the end of a link": ("https://github.com/a](b", ["https://github.com/a](b"]),
    "a mention before a colon": ("@b.co:x", ["@b.co"]),
    "every character of a local part": ("a.b+c%d_e-f@g.hi", ["a.b+c%d_e-f@g.hi"]),
    "a domain that ends in a digit": ("a@b.c1", []),
    "a domain, and a path": ("a@b.co:o/r.git.", ["a@b.co:o/r.git"]),
    "a domain that ends in a hyphen": ("a@b.co-/x", ["a@b.co"]),
    "a path is no command": ("/usr/bin", []),
}


@pytest.mark.parametrize(("source", "found"), ENDS.values(), ids=ENDS.keys())
def test_each_part_ends_where_the_platform_ends_it(source: str, found: list[str]) -> None:
    assert parts(source) == found


def test_the_end_of_an_allowed_link_ends_an_address_in_its_text() -> None:
    assert parts("[https://github.com/a](https://github.com/b)", "](https://github.com/b)") == []


def test_the_end_of_another_link_does_not() -> None:
    assert parts("https://github.com/a](b [c](d)", "](d)") == ["https://github.com/a](b"]


def test_a_command_acts_at_the_start_of_a_line_only() -> None:
    assert parts("/close", opens_line=False) == []
    assert parts("a\n/close", opens_line=False) == ["/close"]
    assert parts("a /close") == []


@pytest.mark.parametrize(
    ("line", "is_one"), [("/close", True), ("> /close x", True), ("/usr/bin", False), ("close", False), ("", False)]
)
def test_a_line_that_starts_with_a_command_is_told(line: str, is_one: bool) -> None:
    assert command_at(line) is is_one


@pytest.mark.parametrize("kind", ["mp4", "m4v", "mov", "webm", "ogv", "mp3", "oga", "ogg", "wav", "flac", "MP4"])
@pytest.mark.parametrize("after", ["", "?raw=1", "#t=1"])
def test_what_platforms_play_is_not_kept_bare(kind: str, after: str) -> None:
    assert not LINKS.keep_bare(f"https://github.com/a.{kind}{after}")
    assert LINKS.keep_bare(f"https://github.com/a.{kind}x{after}")

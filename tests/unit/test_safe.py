"""Text that is published: what would act is disarmed, what would not comes back byte for byte."""

from itertools import starmap
from operator import mul
from string import ascii_letters

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from markdown_texts import BENIGN, FOREIGN, LIVE, OK, OWN
from platforms import acts
from proposer.reports import defusal
from proposer.reports.safe import inline, markdown


@pytest.mark.parametrize(("text", "published"), LIVE.values(), ids=LIVE.keys())
def test_what_would_act_is_disarmed(text: str, published: str) -> None:
    assert markdown(text) == published


@pytest.mark.parametrize("text", [text for text, _ in LIVE.values()], ids=LIVE.keys())
def test_no_parser_at_hand_finds_anything_live_in_it(text: str) -> None:
    assert list(acts(markdown(text))) == []


@pytest.mark.parametrize("text", [*BENIGN.values(), *OWN.values()], ids=[*BENIGN, *OWN])
def test_text_in_which_nothing_is_live_comes_back_byte_for_byte(text: str) -> None:
    assert markdown(text) == text


@pytest.mark.parametrize("text", [*(text for text, _ in LIVE.values()), *BENIGN.values()])
def test_publishing_twice_changes_nothing_more(text: str) -> None:
    once = markdown(text)
    assert markdown(once) == once


def test_the_second_opinion_sees_each_kind_of_live_text() -> None:
    for text in (
        "@user", "é@user", "o/r#1", "g/p!1",
        "closes #1", "Closes: o/r#1", "/close", "<b>", "<!-- x -->", "![a](https://github.com/a)",
        "[a](http://e.example)", "[a](javascript:x)", "[a](https://github.com@e.example)", "```suggestion\nx\n```",
        "[a]\n\n[a]: http://e.example", "www.e.example", "ftp://e.example", "<http://e.example>", "javascript:x",
    ):  # fmt: skip
        assert list(acts(text)), text


PIECES = [
    "@user", "@a/b", "`", "``", "```", "~~~", "\n", "\n\n", "    ", "\t", " ", "> ", "- ", "1. ", "# ", "|", "|---|",
    "\n:-:\n", "\n|-|-|\n", "*", "_", "[", "]", "(", ")", "](", "![", "[[", "]]", "]:", "[x]: ", "[^1]: ", "[^1]", OK,
    FOREIGN, "http://e.c", "www.e.co", "foo://b", "<", "<b>", "</b>", "<div", f"<{OK}>", "<http://x.y>", "closes #1",
    "fixes", "#1", "GH-2", "!3", "o/r",
    "0a1b2c3", "~", "~bug", "%v1", "/close", "/usr/bin", "\\",
    "$", "$$", "\n>>>\n", "\n: ", "\n---\n", "&#64;u", "&lt;",
    "javascript:x", "data:text/html,x", "a", "b c", "user@e.com", "//e.com/", "\n    ", "\n  ", "\n> ", "\n- ",
    "\n===\n", "suggestion", "\\href{x}", f"({OK})", "(x)", "[!note]", "\u00a0", "é", "\\|", "\\`", "<a@b.c>",
    "https://github.com:8/",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(alphabet=ascii_letters + "@`[]()<>\\ \n", max_size=5), max_size=25)


@settings(max_examples=150)
@given(TEXTS.map("".join))
@example("javascript:](https://github.com)x")
@example("[](https://github.com)://x")
@example("www.[](https://github.com)")
@example("<https://github.com/javascript:x")
@example("https://github.com&lt;b>`@user `")
@example("$$data:t/$$data:t/")
def test_nothing_acts_whatever_the_text_and_publishing_is_idempotent(text: str) -> None:
    once = markdown(text)
    assert list(acts(once)) == []
    assert markdown(once) == once


@settings(max_examples=100)
@given(st.text(alphabet=ascii_letters + "@`<>[]()/#:&*_ \n", max_size=80).filter(lambda text: "```" not in text))
def test_what_is_fenced_stays_as_it_is(text: str) -> None:
    fenced = f"before\n\n```text\n{text}\n```\n\nafter\n"
    assert markdown(fenced) == fenced


@pytest.mark.parametrize(
    "hosts", [("gitlab.example:8443",), ("GitLab.example:8443", "github.com")], ids=["a port", "capitals"]
)
def test_hosts_are_compared_as_they_are_given(hosts: tuple[str, ...]) -> None:
    text = "[a](https://gitlab.example:8443/x)"
    assert markdown(text, hosts) == text
    assert markdown("[a](https://gitlab.example/x)", hosts) == "a (`https://gitlab.example/x`)"


def test_without_hosts_no_link_is_left() -> None:
    assert markdown(f"[a]({OK}) <{OK}> {OK}", ()) == f"a (`{OK}`) &lt;`{OK}`> `{OK}`"


@pytest.mark.parametrize(
    "text",
    [
        "> " * 200 + "@user", "- " * 200 + "@user", "".join("  " * depth + "- @user\n" for depth in range(60)),
        ">" * 5000 + "@user", "1. " * 90 + "<b>",
    ],
    ids=["quotes", "items", "nested items", "many quotes", "numbers"],
)  # fmt: skip
def test_what_is_nested_deeper_than_the_parser_reads_is_published_as_code(text: str) -> None:
    published = markdown(text)
    assert published.startswith("```text\n")
    assert published.rstrip().endswith("```")
    assert list(acts(published)) == []
    assert markdown(published) == published


@pytest.mark.parametrize(
    "text",
    list(
        starmap(
            mul,
            [
                ("\\", 2000), ("a.a.a.", 500), ("a.a@", 500), ("[", 1000), ("*a_", 900), ("<", 2000), ("<a ", 900),
                ("](", 900), ("![", 900), ("://", 900), (":/", 900), ("`@a` ` ", 300), ("closes-", 300), (">", 900),
                ("[[a]]", 500), ("http://e.c" + ")" * 900, 1), ("$`$@a`", 300), ("| `@a | b\n|-|-|\n", 50),
            ],
        )
    ),
    ids=lambda text: text[:6],
)  # fmt: skip
def test_long_hostile_text_settles(text: str) -> None:
    published = markdown(text)
    assert list(acts(published)) == []
    assert markdown(published) == published


@pytest.mark.parametrize("text", ["word " * 39_997 + "@a @b @c @d", "a\n" * 4_998 + "```\nb"], ids=["bytes", "lines"])
def test_text_that_grows_beyond_the_bound_is_cut_and_stays_cut(text: str) -> None:
    published = markdown(text)
    assert published.endswith("[cut: the text was longer]")
    assert len(text) * 3 / 4 < len(published) < len(text)
    assert markdown(published) == published


def test_a_block_that_does_not_settle_is_published_as_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(defusal, "_coded", lambda inline, part: defusal.Edit(*part, inline.source[slice(*part)] + "!"))
    assert markdown("# a\n\nb @user\n\nc") == "# a\n\n```text\nb @user" + "!" * 8 + "\n```\n\nc"


def test_a_text_that_does_not_settle_at_all_is_published_as_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proposer.reports.safe.defuse", lambda text, *_, **__: text + "!")
    assert markdown("a ``` b") == "````text\na ``` b" + "!" * 16 + "\n````"


def test_what_the_second_reading_objects_to_is_published_as_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(defusal, "_disarmed", lambda *_, **__: [])
    assert markdown("a\n\n<b>x</b> ```y```\n") == "a\n\n````text\n<b>x</b> ```y```\n````\n"


IN_A_LINE = {
    "words": ("a *b* `c` 12", "a *b* `c` 12"),
    "a fence with a mention": ("``` @user", "&#96;&#96;&#96; `@user`"),
    "a fence": ("```python", "\\```python"),
    "a longer fence": ("```` x", "\\```` x"),
    "a fence of tildes": ("~~~ x", "\\~~~ x"),
    "code that looks like a fence": ("``` a ``` b", "``` a ``` b"),
    "a quote": ("> @user", "\\> `@user`"),
    "a heading": ("## x", "\\## x"),
    "a number": ("#1 is fixed", "#1 is fixed"),
    "an item": ("- x", "\\- x"),
    "an item with a number": ("1. x", "1\\. x"),
    "a version": ("1.5 is out", "1.5 is out"),
    "a rule": ("* * *", "\\* * *"),
    "strong words": ("**a** b", "**a** b"),
    "a definition": ("[a]: http://e.example", "\\[a]: `http://e.example`"),
    "an allowed definition": (f"[a]: {OK}", f"\\[a]: {OK}"),
    "a command": ("/close now", "`/close` now"),
    "indented code": ("    @user", "`@user`"),
    "lines": ("a\n\n    @user\n/close", "a `@user` /close"),
    "nothing": (" \n", ""),
    "a heading without words": ("##", "\\##"),
    "an item without words": ("+", "\\+"),
    "a number without words": ("1.", "1\\."),
    "a rule in one piece": ("---", "\\---"),
}


@pytest.mark.parametrize(("text", "published"), IN_A_LINE.values(), ids=IN_A_LINE.keys())
def test_text_in_a_line_starts_no_block(text: str, published: str) -> None:
    assert inline(text) == published
    for before in ("# P1 ", "- ", "See: ", ""):
        assert markdown(f"{before}{published}") == f"{before}{published}"


def test_a_line_that_does_not_settle_is_published_as_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proposer.reports.safe.defuse", lambda text, *_, **__: text + "!")
    assert inline("a `b`\nc") == "`a 'b' c`"


@pytest.mark.parametrize("count", [1, 2, 3, 0xF8FF - 0xE000])
def test_private_characters_are_no_marks_of_ours(count: int) -> None:
    private = "".join(map(chr, range(0xE000, 0xE000 + count)))
    assert markdown(f"{private} a") == f"{private} a"
    assert list(acts(markdown(f"{private} `<b>` <b> &amp;"))) == []
    assert private in markdown(f"{private} `<b>` <b> &amp;")


@settings(max_examples=100)
@given(TEXTS.map("".join))
@example("````x")
@example("[a]: [a]:")
def test_text_in_a_line_does_not_act_wherever_the_line_starts(text: str) -> None:
    line = inline(text)
    assert "\n" not in line
    for before in ("# P1 ", "- ", "See: ", ""):
        assert list(acts(f"{before}{line}\n\nend `x`\n")) == []
        assert f"{before}{line}\n\nend `x`\n" == markdown(f"{before}{line}\n\nend `x`\n")
    assert inline(line) == line

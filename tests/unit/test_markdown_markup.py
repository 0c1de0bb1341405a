"""Tags, links, brackets and formulas of a stretch, rule by rule: what is disarmed, and what stays."""

import pytest
from markdown_it.common.html_blocks import block_names

from proposer.reports.edits import applied
from proposer.reports.inline import Inline
from proposer.reports.links import Links
from proposer.reports.markup import as_shown, destinations, hot, links_out, macros, minor

LINKS = Links(("github.com",))
GOOD = "https://github.com/o/r"


def escaped(source: str, *, referable: bool = False) -> str:
    inline = Inline.read(source)
    held = list(destinations(inline, LINKS, referable=referable))
    return applied(source, list(minor(inline, LINKS, held, referable=referable)))


def led(source: str) -> str:
    return applied(source, list(links_out(Inline.read(source), LINKS)))


ELEMENTS = """
    audio canvas embed img math meta object picture pre script source style svg template textarea video
"""


@pytest.mark.parametrize("name", sorted({*ELEMENTS.split(), *block_names}))
def test_an_element_that_loads_or_breaks_out_is_text_even_where_no_bracket_ends_it(name: str) -> None:
    for tag in (name, name.upper(), f"/{name}"):
        assert escaped(f"a <{tag}") == f"a &lt;{tag}"
        assert escaped(f"a <{tag} b=") == f"a &lt;{tag} b="


ANGLES = {
    "a tag": ("<b>x</b>", "&lt;b>x&lt;/b>"),
    "a tag with an attribute": ("<a href=x>", "&lt;a href=x>"),
    "a closing tag": ("</a >", "&lt;/a >"),
    "a comment": ("a <!-- b -->", "a &lt;!-- b -->"),
    "a comment that nothing ends": ("a <!--", "a &lt;!--"),
    "an instruction that nothing ends": ("a <?php", "a &lt;?php"),
    "an address elsewhere": ("<http://e.example/x>", "&lt;http://e.example/x>"),
    "an address of another scheme": ("<ftp+x-1.y:z>", "&lt;ftp+x-1.y:z>"),
    "an allowed address": (f"<{GOOD}>", f"<{GOOD}>"),
    "mail to a name that begins with a digit": ("<1a@b.co>", "&lt;1a@b.co>"),
    "mail to a name that begins with a dot": ("<.a@b.co>", "&lt;.a@b.co>"),
    "mail to a name that begins with a bar": ("<|a@b.co>", "&lt;|a@b.co>"),
    "mail": ("<a@b.co>", "&lt;a@b.co>"),
    "a tag by a character that no name has": ("<b|c>", "&lt;b|c>"),
    "a small comparison at the end": ("a <b", "a <b"),
    "a comparison": ("1 < 2 > 0", "1 < 2 > 0"),
    "a comparison without spaces": ("1<2>0", "1<2>0"),
    "an arrow": ("a <- b", "a <- b"),
    "a tag in code": ("`<b>`", "`<b>`"),
    "an escaped tag": ("\\<b>", "\\<b>"),
}


@pytest.mark.parametrize(("source", "published"), ANGLES.values(), ids=ANGLES.keys())
def test_an_angle_bracket_is_text_where_it_would_begin_something(source: str, published: str) -> None:
    assert escaped(source) == published


LED = {
    "a link": ("[a](http://e.example)", "a (`http://e.example`)"),
    "without text": ("[](http://e.example)", "(`http://e.example`)"),
    "an image": ("![a](https://github.com/a.png)", "a (`https://github.com/a.png`)"),
    "in angles": ("[a](<http://e.example/x y>)", "a (`http://e.example/x y`)"),
    "an empty one in angles": ("[a](< >)", "a (` `)"),
    "with a title": ('[a](http://e.example "t")', "a (`http://e.example`)"),
    "with a title in single quotes": ("[a](http://e.example 't')", "a (`http://e.example`)"),
    "with a title in parentheses": ("[a](http://e.example (t))", "a (`http://e.example`)"),
    "with parentheses in it": ("[a](http://e.example/(x))", "a (`http://e.example/(x)`)"),
    "with room around": ("[a]( http://e.example )", "a (`http://e.example`)"),
    "allowed": (f"[a]({GOOD})", f"[a]({GOOD})"),
    "allowed with a title": (f'[a]({GOOD} "t")', f'[a]({GOOD} "t")'),
    "allowed, its title a mention": (f'[a]({GOOD} "@t")', f"a (`{GOOD}`)"),
    "allowed, its title an entity": (f'[a]({GOOD} "&#64;t")', f"a (`{GOOD}`)"),
    "allowed, its title an escape": (f'[a]({GOOD} "\\t")', f"a (`{GOOD}`)"),
    "allowed, its title a tag": (f'[a]({GOOD} "<b>")', f"a (`{GOOD}`)"),
    "code in its place": ("[a](http://e/`x`)", "[a](http://e/`x`)"),
    "code in its place in angles": ("[a](<http://e/`x`>)", "[a](<http://e/`x`>)"),
    "code in its title": ('[a](http://e.example "`x`")', '[a](http://e.example "`x`")'),
    "code in its title in single quotes": ("[a](http://e.example '`x`')", "[a](http://e.example '`x`')"),
    "code in its title in parentheses": ("[a](http://e.example (`x`))", "[a](http://e.example (`x`))"),
    "code in its place in parentheses": ("[a](http://e.example/(`x`))", "[a](http://e.example/(`x`))"),
}


@pytest.mark.parametrize(("source", "published"), LED.values(), ids=LED.keys())
def test_a_link_is_shown_with_where_it_would_lead(source: str, published: str) -> None:
    assert led(source) == published


@pytest.mark.parametrize(
    "source", [source for source, published in LED.values() if source == published and "`" in source]
)
def test_a_link_that_is_no_plain_one_is_broken_at_its_bracket(source: str) -> None:
    assert escaped(source) == source.replace("](", "&#93;(").replace("<", "&lt;")


BRACKETS = {
    "a wiki link": ("[[a]]", "\\[\\[a]]"),
    "a wiki link over an escape": ("[[a\\]b]]", "\\[\\[a\\]b]]"),
    "two open brackets": ("[[a", "[[a"),
    "a list in a list": ("[[a], b]", "[[a], b]"),
    "a footnote of words": ("[^a b]", "\\[^a b]"),
    "a footnote": ("[^a]", "[^a]"),
    "a footnote with an escape": ("[\\^a]", "\\[\\^a]"),
    "a footnote by number": ("[&#94;a]", "\\[&#94;a]"),
    "a footnote by number, filled up": ("[&#0094;a]", "\\[&#0094;a]"),
    "a footnote by hexadecimal number": ("[&#x5E;a]", "\\[&#x5E;a]"),
    "a footnote by name": ("[&Hat;a]", "\\[&Hat;a]"),
    "another entity": ("[&amp;a]", "[&amp;a]"),
    "an allowed link": (f"[a]({GOOD})", f"[a]({GOOD})"),
    "the outer of two links": (f"[a [b]({GOOD})]({GOOD})", f"[a [b]({GOOD})&#93;({GOOD})"),
    "two links": (f"[a]({GOOD}) [b]({GOOD})", f"[a]({GOOD}) [b]({GOOD})"),
    "a link behind a closed bracket": (f"a] [b]({GOOD})", f"a] [b]({GOOD})"),
    "an exclamation before an allowed link": (f"a![b]({GOOD})", f"a&#33;[b]({GOOD})"),
    "an exclamation before brackets": ("a![b]", "a![b]"),
}


@pytest.mark.parametrize(("source", "published"), BRACKETS.values(), ids=BRACKETS.keys())
def test_a_bracket_is_text_where_it_would_open_something(source: str, published: str) -> None:
    assert escaped(source) == published


def test_where_references_are_defined_any_pair_of_brackets_may_be_a_link() -> None:
    source = f"[a [b] c]({GOOD}) ![d]"
    assert escaped(source) == f"[a [b] c]({GOOD}) ![d]"
    assert escaped(source, referable=True) == f"[a [b] c&#93;({GOOD}) &#33;[d]"


FORMULAS = {
    **{name: (f"$\\{name}{{x}}$", f"\\$\\{name}{{x}}\\$") for name in (
        "href", "url", "includegraphics", "htmlClass", "htmlData", "cssId", "class", "style", "require", "mmlToken",
        "tooltip",
    )},
    "a formula": ("$\\frac{1}{2}$", "$\\frac{1}{2}$"),
    "a name that goes on": ("$\\classical{x}$", "$\\classical{x}$"),
    "a price and hot code": ("5 $ and `@a`", "5 $ and `@a`"),
    "a sign in code and hot code": ("5 $ `$` and `@a`", "5 \\$ `$` and `@a`"),
    "a sign in code and plain code": ("5 $ `$` and `a`", "5 $ `$` and `a`"),
    "GitLab's formula": ("$`\\href{x}`$", "$ `\\href{x}` $"),
    "GitLab's formula that links nowhere": ("$`x^2`$", "$`x^2`$"),
    "code with a sign at one end": ("$`\\href{x}`", "$`\\href{x}`"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "published"), FORMULAS.values(), ids=FORMULAS.keys())
def test_a_formula_is_disarmed_where_it_could_load_link_or_swallow(source: str, published: str) -> None:
    assert escaped(source) == published


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("$\\href{x}$", ["\\href{x}"]),
        ("\\href{x}", []),
        ("$\\url`x`$", ["\\url"]),
        ("$\\url\\{x$", ["\\url"]),
        ("$\\url|x$", ["\\url"]),
        ("$\\url{a}$ b", ["\\url{a}"]),
    ],
)
def test_what_a_formula_would_act_with_is_found_up_to_what_ends_it(source: str, found: list[str]) -> None:
    assert [source[start:end] for start, end in macros(Inline.read(source))] == found


@pytest.mark.parametrize(
    "text",
    [
        "@a", "a`b", "<a", "\uff20a", "\ufe6ba", "a://b", "a//b", "a\\\\b", "a:/b", "](", "]:", "![", "[[", "&#4", "&a",
        "/a", " /a", "a\n> /b", "www.e", "WWW.e", "javascript:a", "data:a", "closes", "CLOSE", "fixes", "resolved",
        "implements",
    ],
)  # fmt: skip
def test_code_is_hot_where_it_would_act_were_it_text(text: str) -> None:
    assert hot(text)


@pytest.mark.parametrize("text", ["", "a b", "a/b", "a: b", "[a] (b)", "x & y", "a[0]", "1 + 2", "www", "a!b", "def"])
def test_plain_code_is_not_hot(text: str) -> None:
    assert not hot(text)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("&amp;", "&"),
        ("a\\_b", "a_b"),
        ("javascript:a", "javascript :a"),
        ("java\tscript:a", "java\tscript :a"),
        ("VBScript:a", "VBScript :a"),
        ("data:a", "data :a"),
        ("metadata:a", "metadata:a"),
        ("&#96;", "&#96;"),
        ("&#124;", "&#124;"),
        ("&#x200b;a", "&#x200b;a"),
    ],
)
def test_source_is_shown_as_it_would_be_rendered_where_code_can_hold_that(source: str, shown: str) -> None:
    assert as_shown(source) == shown

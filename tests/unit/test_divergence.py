"""Lines that platforms read in different ways, rule by rule: what is made to read the same, and what stays."""

import pytest

from proposer.reports.blocks import Blocks
from proposer.reports.divergence import around_code, everywhere, in_paragraph
from proposer.reports.edits import applied
from proposer.reports.inline import Inline


def evened(text: str) -> str:
    return applied(text, list(everywhere(Blocks.read(text))))


def bounded(text: str) -> str:
    edits = list(around_code(Blocks.read(text)))
    assert all(text[edit.start : edit.end] != edit.text for edit in edits), "an edit that changes nothing"
    return applied(text, edits)


def kept(text: str, *, fragile: bool = False) -> str:
    blocks, edits = Blocks.read(text), []
    for stretch in blocks.stretches():
        if stretch.opens_line:
            inline = Inline.read(text[stretch.start : stretch.end])
            found = in_paragraph(blocks, stretch, inline, fragile=fragile)
            edits += [edit.moved(stretch.start) for edit in found]
    return applied(text, edits)


EVENED = {
    "front matter": ("---\na\n---\n`b`", "***\na\n---\n`b`"),
    "front matter that ends with dots": ("---\na\n...\n`b`", "***\na\n...\n`b`"),
    "front matter in TOML": ("+++\na\n+++\n`b`", "\\+++\na\n+++\n`b`"),
    "front matter in JSON": (";;;\na\n;;;\n`b`", "\\;;;\na\n;;;\n`b`"),
    "front matter that ends with plus signs": ("---\na\n+++\n`b`", "***\na\n+++\n`b`"),
    "front matter that ends with semicolons": ("---\na\n;;;\n`b`", "***\na\n;;;\n`b`"),
    "front matter below blank lines": ("\n\n---\na\n---\n`b`", "\n\n***\na\n---\n`b`"),
    "front matter with its language": ("--- yaml\na\n---\n`b`", "\\--- yaml\na\n---\n`b`"),
    "front matter below a coding": ("# coding: x\n---\na\n---\n`b`", "# coding: x\n\\---\na\n---\n`b`"),
    "front matter before a fence of tildes": ("---\na\n---\n~~~\nb", "***\na\n---\n~~~\nb"),
    "front matter without code": ("---\na\n---\nb", "---\na\n---\nb"),
    "a rule that nothing answers": ("---\na\n`b`", "---\na\n`b`"),
    "rules further down": ("a\n\n---\n\n`b`\n\n---", "a\n\n---\n\n`b`\n\n---"),
    "nothing but blank lines": ("\n\n", "\n\n"),
    "a quote four columns right of a quote": ("> a\n     > b", "> a\n     \\> b"),
    "a quote four columns right of a quote, by a tab": ("> a\n\t> b", "> a\n\t\\> b"),
    "a quote three columns right of a quote": ("> a\n   > b", "> a\n   > b"),
    "a quote four columns right of words": ("a\n    > b", "a\n    > b"),
    "a quote in code below a quote": ("> a\n\n```\n     > b\n```", "> a\n\n```\n     > b\n```"),
    "a line of a blank that is none below a table": ("|a|\n|-|\n\u00a0\nb", "|a|\n|-|\n\nb"),
    "a line of spaces below a table": ("|a|\n|-|\n  \nb", "|a|\n|-|\n  \nb"),
    "a heading below a table": ("|a|\n|-|\n# b", "|a|\n|-|\n# b"),
    "a line of a blank that is none below a fence": ("```\na\n```\n\u00a0\nb", "```\na\n```\n\u00a0\nb"),
    "indented code at the start": ("    a\n\nb", "    a\n\nb"),
    "indented code below a blank line": ("b\n\n    a", "b\n\n    a"),
    "indented code below a heading": ("# b\n    a", "# b\n\n    a"),
}


@pytest.mark.parametrize(("text", "published"), EVENED.values(), ids=EVENED.keys())
def test_a_line_of_no_paragraph_reads_the_same_everywhere(text: str, published: str) -> None:
    assert evened(text) == published


BOUNDED = {
    "the mark of a quote of several lines": (">>>\na\n>>>", "\\>>>\na\n\\>>>"),
    "the mark in an item": ("- >>>", "- \\>>>"),
    "the mark of an alert": (">>> [!note]", "\\>>> [!note]"),
    "three quotes in each other": (">>> a", ">>> a"),
    "the mark in code": ("```\n>>>\n```", "```\n>>>\n```"),
    "the mark inside of words": ("a >>>", "a >>>"),
    "spaces below an empty item": ("-\n  \na", "-\n\na"),
    "a tab below an empty item": ("1.\n\t\na", "1.\n\na"),
    "spaces below an empty item in a quote": ("> -\n>  \n> a", "> -\n>\n> a"),
    "a bare mark below an empty item in a quote": ("> -\n>\n> a", "> -\n>\n> a"),
    "spaces below an item in an item": ("- -\n  \na", "- -\n\na"),
    "words below an empty item": ("-\na ", "-\na "),
    "spaces below words": ("a\n  \nb", "a\n  \nb"),
    "spaces below words that end with a hyphen": ("a-\n  \nb", "a-\n  \nb"),
    "spaces at the start, and an empty item at the end": ("  \n\n-", "  \n\n-"),
    "spaces below code that looks like an item": ("    -\n  \na", "    -\n  \na"),
}


@pytest.mark.parametrize(("text", "published"), BOUNDED.values(), ids=BOUNDED.keys())
def test_a_line_that_moves_the_bounds_of_code_is_made_to_move_none(text: str, published: str) -> None:
    assert bounded(text) == published


KEPT = {
    "a footnote": ("[^a]: `b` c", "\\[^a]: `b` c"),
    "a footnote of words": ("[^a]: b c", "[^a]: b c"),
    "a footnote of words above a rule": ("[^a]: b c\n---", "\\[^a]: b c\n---"),
    "a term": ("a\n: `b`", "a\n\\: `b`"),
    "a term with a tilde": ("a\n~ `b`", "a\n\\~ `b`"),
    "a term of words": ("a\n: b", "a\n: b"),
    "a term of nothing": ("a\n:", "a\n\\:"),
    "a colon in a word": ("a\n:b", "a\n:b"),
    "the rule of a table": ("a\n:-|-", "a\n\\:-|-"),
    "the rule of a table that is one": ("|a|\n|-|\n|-|", "|a|\n|-|\n|-|"),
    "a line of pipes": ("a\n||", "a\n||"),
    "a definition that is none": ('[a]: b "t', '\\[a]: b "t'),
    "a definition that is none, in angles": ('[a]: <b c> "t', '\\[a]: <b c> "t'),
    "a definition that is none, its name escaped": ('[a\\]]: b "t', '\\[a\\]]: b "t'),
    "a definition that is none, over two lines": ('[a]:\nb "t', '\\[a]:\nb "t'),
    "a definition of nothing": ("[ ]: b", "\\[ ]: b"),
    "a definition of nothing above words": ("[ ]: b\nc", "\\[ ]: b\nc"),
    "a definition below words": ("a\n[b]: c", "a\n[b]: c"),
    "brackets before a colon": ("[a]: b c", "[a]: b c"),
    "an alert": ("> [!note]\n> a", "> [!note]\n> a"),
    "an alert with a title": ("> [!note] b\n> a", "> [!note] b\n> a"),
    "an alert with a hot title": ("> [!note] `@b`\n> a", "> \\[!note] `@b`\n> a"),
    "an alert that ends at a lazy line": ("> [!note]\na", "> \\[!note]\na"),
    "an alert below words": ("> a\n> [!note] `@b`", "> a\n> [!note] `@b`"),
    "code over a line, of words": ("`a\nb`", "`a\nb`"),
    "code over a line, before a term": ("`a\n: b`", "`a : b`"),
    "code over a line, before a tag": ("`a\n<b>`", "`a <b>`"),
    "code over a line, before a command": ("`a\n/close`", "`a /close`"),
    "code over a line, before a footnote": ("`a\n[^b]: c`", "`a [^b]: c`"),
    "code over a line, before the rule of a table": ("`a\n|-`", "`a\n|-`"),
    "code over a line, above hyphens": ("`a\nb`\n---", "`a b`\n---"),
    "code over a line, above an equals sign": ("`a\nb`\n===", "`a\nb`\n==="),
    "code over three lines of an alert": ("> [!note] `a\n> b\n> c`", "> \\[!note] `a b\n> c`"),
    "a pipe at the end above hyphens": ("a|\n---", "a&#124;\n---"),
    "a pipe at the start above hyphens": ("|a\n---", "&#124;a\n---"),
    "a pipe at the start above hyphens, in a quote": ("> |a\n> ---", "> &#124;a\n> ---"),
    "a pipe at the start of the last of two lines above hyphens": ("a\n|b\n---", "a\n&#124;b\n---"),
    "a pipe in the middle above hyphens": ("a|b\n---", "a|b\n---"),
    "an escaped pipe above hyphens": ("a\\|b\n---", "a&#124;b\n---"),
    "another escape above hyphens": ("a\\*b\n---", "a\\*b\n---"),
    "a pipe at the end of a line": ("a|\nb", "a|\nb"),
}


@pytest.mark.parametrize(("text", "published"), KEPT.values(), ids=KEPT.keys())
def test_a_line_of_a_paragraph_starts_no_other_block(text: str, published: str) -> None:
    assert kept(text) == published


@pytest.mark.parametrize("text", ["[^a]: b c", "a\n: b"])
def test_not_even_a_plain_one_where_code_may_act(text: str) -> None:
    line = text.rpartition("\n")[2]
    assert kept(text, fragile=True) == text.replace(line, f"\\{line}")

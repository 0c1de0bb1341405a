"""One pass over Markdown, rule by rule: what of fences, cells and definitions is disarmed, and what stays."""

import pytest

from proposer.reports.defusal import defuse
from proposer.reports.links import Links

LINKS = Links(("github.com",))

RENDERED = """
    suggestion mermaid math geojson topojson stl plantuml kroki glql json:table actdiag blockdiag bpmn bytefield
    c4plantuml d2 dbml diagramsnet ditaa erd excalidraw graphviz nomnoml nwdiag packetdiag pikchr rackdiag seqdiag
    structurizr svgbob symbolator tikz umlet vega vegalite wavedrom wireviz
"""


@pytest.mark.parametrize("language", RENDERED.split())
@pytest.mark.parametrize("info", ["{}", "{} x", "{},x", "{}{{x}}", " {}", "upper"])
def test_no_fence_names_a_language_that_a_platform_renders(language: str, info: str) -> None:
    named = language.upper() if info == "upper" else info.format(language)
    assert defuse(f"```{named}\nx\n```\n", LINKS) == f"```text {named}\nx\n```\n"


@pytest.mark.parametrize("language", ["", "python", "json", "text", "suggestions", "diff", "mermaid-like"])
def test_a_fence_of_another_language_stays(language: str) -> None:
    assert defuse(f"```{language}\nx\n```\n", LINKS) == f"```{language}\nx\n```\n"


CELLS = {
    "a mention": ("@user", "`@user`"),
    "a wide sign": ("\uff20user", "`\uff20user`"),
    "a small sign": ("\ufe6buser", "`\ufe6buser`"),
    "a bare host": ("www.e.co", "`www.e.co`"),
    "a bare host in capitals": ("WWW.e.co", "`WWW.e.co`"),
    "a tracker's key, closed": ("closes AB-1", "closes `AB-1`"),
    "a tracker's key, fixed": ("fixes AB-1", "fixes `AB-1`"),
    "a tracker's key, resolved": ("Resolves AB-1", "Resolves `AB-1`"),
    "a tracker's key, implemented": ("implements AB-1", "implements `AB-1`"),
    "a tracker's key, a duplicate": ("Duplicate of AB-1", "Duplicate of `AB-1`"),
    "a short number, closed": ("closes GH-1", "closes `GH-1`"),
    "an address": ("x://e", "`x://e`"),
    "another project's issue": ("o/r#1", "`o/r#1`"),
    "another project's issue, the sign wide": ("o/r\uff031", "`o/r\uff031`"),
    "a tag": ("<b>", "&lt;b>"),
    "an image": ("![a](b.png)", "a (`b.png`)"),
    "a wiki link": ("[[a]]", "\\[\\[a]]"),
    "an entity": ("&commat;user", "`@user`"),
    "a formula": ("$\\href{x}$", "\\$ `\\href{x}` \\$"),
    "a lone backtick and a mention": ("` @user", "&#96; `@user`"),
    "a command is none there": ("/close", "/close"),
    "a short number": ("GH-1", "GH-1"),
    "a commit": ("0a1b2c3", "0a1b2c3"),
    "words": ("a b", "a b"),
}


@pytest.mark.parametrize(("cell", "published"), CELLS.values(), ids=CELLS.keys())
def test_a_cell_inside_of_a_row_is_disarmed_like_any_text(cell: str, published: str) -> None:
    table = "| a | b |\n|---|---|\n| c | {} |\n"
    assert defuse(table.format(cell), LINKS) == table.format(published)


WHOLE = {
    "open": ("```\n@user", "```\n@user\n```"),
    "open in a quote": ("> ```\n> @user", "> ```\n> @user\n> ```"),
    "open in a list": ("- ```\n  @user", "- ```\n  @user\n  ```"),
    "with a pipe in its info": ("```a|b c|d\nx\n```", "```a b c d\nx\n```"),
    "longer than three": ("````mermaid\nx\n````", "````text mermaid\nx\n````"),
    "of tildes": ("~~~math\nx\n~~~", "~~~text math\nx\n~~~"),
}


@pytest.mark.parametrize(("fence", "published"), WHOLE.values(), ids=WHOLE.keys())
def test_a_fence_is_closed_and_opened_alike_everywhere(fence: str, published: str) -> None:
    assert defuse(fence, LINKS) == published


DEFINITIONS = {
    "plain and allowed": ("[a]: https://github.com/o/r", "[a]: https://github.com/o/r"),
    "with a title": ('[a]: https://github.com/o/r "b"', '[a]: https://github.com/o/r "b"'),
    "foreign": ("[a]: http://e.example", "\\[a]: http://e.example"),
    "foreign, among allowed ones": (
        "[a]: https://github.com/o\n[b]: //c.de",
        "\\[a]: https://github.com/o\n\\[b]: //c.de",
    ),
    "with a title that is live": ('[a]: https://github.com/o "@b"', '\\[a]: https://github.com/o "@b"'),
    "over two lines": ("[a]:\nhttps://github.com/o", "\\[a]:\nhttps://github.com/o"),
    "in a quote": ("> [a]: //c.de", "> \\[a]: //c.de"),
}


@pytest.mark.parametrize(("text", "published"), DEFINITIONS.values(), ids=DEFINITIONS.keys())
def test_a_definition_stays_where_it_is_plain_and_leads_to_an_allowed_host(text: str, published: str) -> None:
    assert defuse(text, LINKS) == published


def test_what_is_nested_too_deep_is_published_as_code() -> None:
    deep = "> " * 40 + "@user"
    assert defuse(f"a\n\n{deep}\n\nb", LINKS) == f"a\n\n```text\n{deep}\n```\n\nb"


def test_only_the_blocks_that_are_still_live_are_published_as_code_bluntly() -> None:
    text = "@a\n\nb\n\n- @c\n- d\n\n# @e\nf\n"
    assert defuse(text, LINKS, bluntly=True) == (
        "```text\n@a\n```\n\nb\n\n```text\n- @c\n- d\n\n```\n```text\n# @e\n```\nf\n"
    )


def test_a_refused_line_takes_its_block_with_it_and_nothing_in_it_is_disarmed_twice() -> None:
    text = "a @b\n@c\n\nd @e\n\n@f"
    assert defuse(text, LINKS, refused=[1]) == "```text\na @b\n@c\n```\n\nd `@e`\n\n`@f`"
    assert defuse("a\n# b", LINKS, refused=[0]) == "```text\na\n```\n# b"
    assert defuse("a\n# b", LINKS, refused=[1]) == "a\n\n```text\n# b\n```"


DOUBT = {
    "beside what is disarmed": ("`` @user", "&#96;&#96; `@user`"),
    "before code that would act": ("`` `@user`", "&#96;&#96; `@user`"),
    "in another cell of the row": ("a `` | `@b` |\n--|--|\n", "a &#96;&#96; | `@b` |\n--|--|\n"),
    "in another cell of a later row": (
        "a | b |\n--|--|\n`` | `@b` |\n",
        "a | b |\n--|--|\n&#96;&#96; | `@b` |\n",
    ),
    "in another row": ("a `` | b |\n--|--|\nc | `@b` |\n", "a `` | b |\n--|--|\nc | `@b` |\n"),
    "between hot code and plain code": (
        "a | b | c |\n--|--|--|\n`@b` | `` | `c` |\n",
        "a | b | c |\n--|--|--|\n`@b` | &#96;&#96; | `c` |\n",
    ),
    "in a row whose first cell starts a block": (
        "a | b |\n--|--|\n[^a]: `b` c | @d |\n",
        "a | b |\n--|--|\n\\[^a]: `b` c | `@d` |\n",
    ),
    "before code that would not": ("`` `user`", "`` `user`"),
    "alone": ("a `` b", "a `` b"),
}


@pytest.mark.parametrize(("text", "published"), DOUBT.values(), ids=DOUBT.keys())
def test_a_backtick_that_opens_nothing_is_hidden_where_code_would_act(text: str, published: str) -> None:
    assert defuse(text, LINKS) == published


FRAGILE = {
    "a hot fence": ("> ~~~\n> @user\n> ~~~\n>\n> >>>\n", True),
    "hot indented code": ("    @user\n\n>>>\n", True),
    "a fence of words": ("~~~\nuser\n~~~\n\n>>>\n", False),
    "no code": (">>>\n", False),
    "a hot fence before one of words": ("~~~\n@user\n~~~\n\n~~~\nuser\n~~~\n\n>>>\n", True),
}


@pytest.mark.parametrize(("text", "changed"), FRAGILE.values(), ids=FRAGILE.keys())
def test_lines_around_code_are_touched_only_where_code_would_act(text: str, changed: bool) -> None:
    assert defuse(text, LINKS) == (text.replace(">>>", "\\>>>") if changed else text)

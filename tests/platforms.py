"""What a platform would act on in a Markdown text: a second opinion, written apart from the product.

Renders with every parser at hand (markdown-it always; cmark-gfm and comrak, which GitHub and GitLab run, where they are
installed) and looks at the HTML with rules of its own.
"""

import importlib
import importlib.util
import re
from collections.abc import Callable, Collection, Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

from markdown_it import MarkdownIt

__all__ = ["acts", "renderers"]

_TAGS = frozenset({
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "del",
    "s", "a", "table", "thead", "tbody", "tr", "th", "td", "hr", "br", "input", "sup", "section", "div", "span",
    "dl", "dt", "dd",
})  # fmt: skip
_MENTION = re.compile(r"(?<![A-Za-z0-9_])@(?=[A-Za-z0-9])")
_CLOSES = re.compile(
    r"(?i)\b(?:close[sd]?|closing|fix(?:e[sd]|ing)?|resolve[sd]?|resolving|implement(?:s|ed|ing)?):?\s+(?:issues?\s+)?"
    r"(?:(?:[\w.-]+/[\w.-]+)?[#!]\d+|GH-\d+|https?://\S+/(?:issues|pull|merge_requests)/\d+)"
)
_REFERS = re.compile(r"\b\w[\w.-]*/\w[\w.-]*(?:#|!|&)\d+\b")
"""Another project's issue or merge request."""
_COMMAND = re.compile(r"(?m)^\s*/[a-z][a-z_]*(?:\s|$)")
_ADDRESS = re.compile(r"(?i)\b(?:(?!https:)[a-z][a-z0-9+.-]{0,30}://\S|www\.\w)")
_SCRIPT = re.compile(r"(?i)(?:java|vb)script:\S|\bdata:(?:[a-z]+/|;|,)")
_RENDERED = ("suggestion", "mermaid", "math", "geojson", "topojson", "stl", "plantuml")

_GLFM = [
    "alerts", "autolink", "description_lists", "footnotes", "math_code", "math_dollars", "multiline_block_quotes",
    "strikethrough", "table", "tasklist", "wikilinks_title_before_pipe",
]  # fmt: skip
"""What GitLab switches on (lib/banzai/filter/markdown_engines/glfm_markdown.rb)."""


def _gfm(text: str) -> str:
    module = importlib.import_module("cmarkgfm")
    options = importlib.import_module("cmarkgfm.cmark").Options
    return str(
        module.github_flavored_markdown_to_html(text, options=options.CMARK_OPT_UNSAFE | options.CMARK_OPT_FOOTNOTES)
    )


def _glfm(text: str) -> str:
    comrak = importlib.import_module("comrak")
    extensions, parsing, rendering = comrak.ExtensionOptions(), comrak.ParseOptions(), comrak.RenderOptions()
    for name in _GLFM:
        setattr(extensions, name, True)
    parsing.relaxed_autolinks = True
    rendering.unsafe_ = True
    return str(comrak.render_markdown(text, extensions, parsing, rendering))


def renderers() -> dict[str, Callable[[str], str]]:
    """Return the parsers at hand, by name."""
    found: dict[str, Callable[[str], str]] = {
        "markdown-it": MarkdownIt("commonmark", {"maxNesting": 200}).enable(["table", "strikethrough"]).render
    }
    others = {"cmarkgfm": _gfm, "comrak": _glfm}
    return found | {name: render for name, render in others.items() if importlib.util.find_spec(name)}


class _Reader(HTMLParser):
    """Collects links, images and the text that is not code."""

    def __init__(self, hosts: Collection[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._hosts = hosts
        self._inside: list[str] = []
        self.problems: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in _TAGS:
            self.problems.append(f"tag {tag}")
        if tag == "a" and not self._fine(values):
            self.problems.append(f"link {values.get('href')}")
        language = values.get("lang", "") or values.get("class", "").removeprefix("language-")
        if tag in ("pre", "code") and language.lower().split(":")[0] in _RENDERED:
            self.problems.append(f"block {language}")
        if tag not in ("br", "hr", "input", "img"):
            self._inside.append("code" if "data-math-style" in values else tag)
        if "data-math-style" in values:
            self.text.append("\x00")
        if tag in ("em", "strong", "del", "s"):
            self.text.append("\x01")
        if tag in ("td", "th"):
            self.text.append("\n\x02")
        elif tag in ("p", "li", "h1", "h2", "h3", "dt", "dd", "blockquote"):
            self.text.append("\n\x02\n")
        elif tag in ("code", "a"):
            self.text.append("\x00")

    def _fine(self, values: dict[str, str]) -> bool:
        href = values.get("href", "")
        parts = urlsplit(href)
        if "data-footnote-ref" in values or "data-footnote-backref" in values:
            return True
        if not parts.scheme and not parts.netloc:  # on the host where the text is published
            return bool(self._hosts) and not re.search(r"[:\\]|^//", href)
        return parts.scheme == "https" and parts.netloc.lower() in self._hosts

    def handle_endtag(self, tag: str) -> None:
        if self._inside:
            self._inside.pop()
        if tag in ("code", "a"):
            self.text.append("\x00")
        elif tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.text.append("\n\x02\n")
        elif tag in ("em", "strong", "del", "s", "span"):
            self.text.append("\x01")

    def handle_data(self, data: str) -> None:
        if not {"code", "pre"} & set(self._inside):
            self.text.append(data if "a" not in self._inside else re.sub(r"[@#/]", "", data))

    def handle_comment(self, data: str) -> None:
        self.problems.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.problems.append(f"declaration {decl}")

    def handle_pi(self, data: str) -> None:
        self.problems.append(f"instruction {data}")


def acts(text: str, hosts: Collection[str] = ("github.com",)) -> Iterator[str]:
    """Yield what would act, with the parser that saw it."""
    for name, render in renderers().items():
        reader = _Reader(hosts)
        reader.feed(render(text))
        reader.close()
        shown = "".join(reader.text)
        for form in (_MENTION, _CLOSES, _REFERS, _COMMAND, _ADDRESS, _SCRIPT):
            reader.problems += [
                f"text {shown[max(0, m.start() - 10) : m.end() + 20]!r}"
                for m in form.finditer(shown.replace("\x01", "") if form is _CLOSES else shown)
            ]
        yield from (f"{name}: {problem}" for problem in reader.problems)

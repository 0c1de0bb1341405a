"""Markup that hides text: comments go, what elements and attributes hide is written out where a reader sees it.

Left as they are, for code looks the same and the text stands there for anybody who reads the source: `<!x>`, `<?x?>`,
CDATA, and the alternative texts and titles of Markdown's own images and links.
"""

import re

from proposer.inputs.rule import Rule

__all__ = ["COMMENT", "RULES"]

_COMMENT = re.compile(r"<!--(?:-?>|.*?--!?>|.*)", re.DOTALL)
"""As browsers read it (HTML, section 13.2.5.43): `<!-->` and `<!--->` are whole, `--!>` ends one, the end too."""

_TAG = r"""<(/?)([A-Za-z][^\s/<>"'=]*)((?:[^<>"'=]+|=\s*(?:"[^"{stop}]*"|'[^'{stop}]*')?|["'])*)(>?)"""
"""A quote matters only after `=`; an unclosed tag ends at the next `<`. It cannot fail after the name: linear."""
_TAGS = tuple(re.compile(_TAG.format(stop=stop)) for stop in ("", "<>"))
"""Browsers let a quoted value go on over `<` and `>`; where the quotes are not well-formed, Markdown does not."""

_PART = re.compile(
    r"""(?P<blank>[\s/]+)"""
    r"""|(?P<name>[^\s/=<>"']+)(?:\s*=\s*(?:"(?P<double>[^"]*)"?|'(?P<single>[^']*)'?|(?P<bare>[^\s<>]*)))?"""
    r"""|(?P<junk>.)""",
    re.DOTALL,
)
_PLAIN_NAME = re.compile(r"[A-Za-z][\w.-]*(?::[\w.-]+)*")
_PLAIN_PART = re.compile(r"[A-Za-z_:@][\w:.@-]*")
_GAP = re.compile(r"\n[ \t]*\n")
_WORTH = re.compile(r"alt|title|aria-|hidden|style", re.IGNORECASE)

_FOLDED = frozenset(("details", "picture"))
_TEXTUAL = frozenset(("alt", "title", "aria-label", "aria-description"))
_NAMES = (
    "abbr address area article aside audio base bdi bdo big blockquote body br button canvas caption center cite code "
    "col colgroup data datalist dd del dfn dialog dir div dl dt em embed fieldset figcaption figure font "
    "footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe image img input ins kbd label "
    "legend li link main map mark marquee math menu meta meter nav nobr noscript object ol optgroup option output "
    "param pre progress rp rt ruby samp script search section select slot small source span strike strong "
    "style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt ul var video "
    "wbr"
)
_ELEMENTS = frozenset(_NAMES.split())
_SHORT = frozenset("abipqsu")
"""Elements whose name is a likely variable (`x <a and y> z`): of these only a well-formed tag counts."""

_HIDING = re.compile(
    r"(?<![\w-])(?:display:none|visibility:(?:hidden|collapse)|clip-path:|(?:left|top|text-indent):-\d{3,}"
    r"|(?:opacity|font-size|(?:max-)?(?:width|height)):(?:0+(?:\.0*)?|\.0+)(?![\d.])|color:transparent)"
    r"|^(?!.*background).*(?<![\w-])color:(?:white|#f{3}(?:f{3})?)(?!\w)",
    re.DOTALL,
)
_CSS_NOISE = re.compile(r"/\*.*?(?:\*/|\Z)|[\s\\]+", re.DOTALL)


def _written_out(match: re.Match[str]) -> str:
    """Return a tag without what it hides, followed by what it hid."""
    slash, name, attributes = match[1], match[2], match[3]
    kind = name.lower()
    if kind in _FOLDED:
        kept, shown = _parted(attributes, known=True)
        # What is no attribute is text that stands there for a reader: `<details` without an end, `a<details && b>c`.
        rest = "" if match[4] and not _GAP.search(attributes) and _has_plain_parts(attributes) else kept
        closed = f"{rest}]" if match[4] else f"]{rest}"
        return " ".join((f"[{slash}{kind}{closed}", *shown))
    if not _WORTH.search(attributes) or (kind not in _ELEMENTS and not _is_plain(match)):
        return match[0]
    kept, shown = _parted(attributes, known=kind in _ELEMENTS or kind in _SHORT or "-" in kind)
    return " ".join((f"<{slash}{name}{kept}>", *shown)) if shown else match[0]


def _is_plain(match: re.Match[str]) -> bool:
    """Tell a tag whose name HTML does not know, or that code may mean otherwise, from a comparison or a redirect."""
    redirect = match.string[match.start() - 1 : match.start()] == "<" and match[2].lower() not in _SHORT
    if redirect or not match[4] or not _PLAIN_NAME.fullmatch(match[2]):
        return False
    return _has_plain_parts(match[3])


def _has_plain_parts(attributes: str) -> bool:
    parts = _PART.finditer(attributes)
    return all(part["blank"] or (part["name"] and _PLAIN_PART.fullmatch(part["name"])) for part in parts)


def _parted(attributes: str, *, known: bool) -> tuple[str, list[str]]:
    """Return what is left of a tag's attributes, and what they hide, each in brackets for a reader."""
    kept, shown, blank = list[str](), list[str](), False
    for part in _PART.finditer(attributes):
        text = _hidden(part, after_blank=blank, known=known)
        if text is None:
            kept.append(part[0])
        else:
            shown.append(text)
            if blank:
                kept.pop()
        blank = part["blank"] is not None
    return "".join(kept), shown


def _hidden(part: re.Match[str], *, after_blank: bool, known: bool) -> str | None:
    """Return what an attribute hides; None for one that hides nothing, or whose value is an expression of JSX."""
    name, bare = (part["name"] or "").lower(), part["bare"] or ""
    value = part["double"] or part["single"] or bare
    if bare.startswith("{"):
        return None
    if name in _TEXTUAL and value.strip():
        return f"[{name}: {value}]"
    if known and ((name == "hidden" and after_blank) or (name == "style" and _hides(value))):
        return "[hidden]"
    return None


def _hides(style: str) -> bool:
    return _HIDING.search(_CSS_NOISE.sub("", style).lower()) is not None


_REFERENCE = re.compile(
    r"""^([ \t>*+-]{0,9})\[([^\]\n]{1,200})\]:[ \t]*(?:\#|<>)[ \t]+(?:"([^"\n]*)"|'([^'\n]*)'|\(([^)\n]*)\))[ \t]*$""",
    re.MULTILINE,
)
"""A link definition that leads nowhere, `[//]: # (text)`: what Markdown has for a comment."""


def _spoken(match: re.Match[str]) -> str:
    return f"{match[1]}[{match[2]}: {match[3] or match[4] or match[5] or ''}]"


COMMENT = Rule(name="comments", pattern=_COMMENT, needs="<!--")
RULES = (
    COMMENT,
    *(Rule(name="hiding tags and attributes", pattern=tag, needs="<", replacement=_written_out) for tag in _TAGS),
    Rule(name="hiding tags and attributes", pattern=_REFERENCE, needs="]:", replacement=_spoken),
)

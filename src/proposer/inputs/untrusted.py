"""Text that nobody vouches for: cleaned of what a reader cannot see, then fenced as data."""

import hashlib
import re
from dataclasses import dataclass

from proposer.inputs import characters, markup
from proposer.inputs.characters import invisible
from proposer.inputs.entities import LEGACY, shadow_of
from proposer.inputs.rule import Rule

__all__ = ["Bounds", "Cleaned", "clean", "examine", "fence", "invisible", "marker_of", "reveal", "unreveal"]

_CUT = "[cut: the text was longer]"
_WORK = 8_000_000
"""Characters that the passes over a block may read: the longer a text, the fewer layers are taken off it."""
_MOST_PASSES = 100
_REACH = 32
"""How far before the end of a block an entity may begin that is left to the next one."""
_RULES = (*characters.RULES, *markup.RULES)
_LAST_RESORT = Rule(name="markup nested beyond reason", pattern=re.compile("[&<]+"))


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How much of a text may be left: bytes of UTF-8 (at least 30, to have room for the mark of a cut), and lines."""

    size: int = 200_000
    lines: int = 5_000

    def hold(self, text: str) -> bool:
        """Tell whether the text is within these bounds."""
        return text.count("\n") < self.lines and len(text.encode()) <= self.size


_BOUNDS = Bounds()


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """A text that can be shown to a model.

    Attributes:
        text: as much of it as the bounds allow.
        removed: kinds of things that were taken out or written out, in the plural, for a reader.
    """

    text: str
    removed: tuple[str, ...]

    def label(self, name: str) -> str:
        """Return a text's name with a mark of what was removed from it, for the fence around it."""
        return f"{name} (removed from it: {', '.join(self.removed)})" if self.removed else name


def clean(text: str) -> str:
    """Return text without what a reader cannot see: controls, escape sequences, hidden characters and comments.

    What elements and attributes hide (`<details>`, `alt`) is written out in brackets. What entities hide counts as if
    it stood there; innocent entities stay. Idempotent; benign text survives byte for byte. The result is at most
    200,000 bytes and 5,000 lines, the cut marked.
    """
    return examine(text).text


def examine(text: str, bounds: Bounds = _BOUNDS) -> Cleaned:
    """Clean a text (see `clean`) and say what kinds of things were removed.

    Markup and entities are looked for block by block, until enough is left to fill the bounds or ten times as much was
    looked at. A text within the bounds is one block.
    """
    removed = _Removed()
    for rule in (*characters.RULES, markup.COMMENT):
        text = removed.by(rule, rule(text), text)
    settled, at, block, limit = "", 0, 2 * bounds.size, 10 * bounds.size
    while at < min(len(text), limit) and bounds.hold(settled):
        entity = text.rfind("&", at + block - _REACH, at + block)
        end = at + block if entity <= at or at + block >= len(text) else entity
        settled = _settled(settled + text[at:end], removed)
        at = end
    if at < len(text) or not bounds.hold(settled):
        settled = _cut(settled, bounds)
    return Cleaned(text=settled, removed=tuple(removed))


class _Removed(dict[str, None]):
    """Kinds of things that were removed, in the order in which they were met."""

    def by(self, rule: Rule, new: str, old: str) -> str:
        """Take down what a rule did, and return the new text."""
        if rule.name and new != old:
            self[rule.name] = None
        return new


def _settled(text: str, removed: _Removed) -> str:
    """Apply the rules until nothing changes.

    A text that still changes when the passes are used up was built to do so: it loses every `&` and `<`, without
    which there is neither markup nor entity, and one more pass settles it.
    """
    for _ in range(min(_MOST_PASSES, _WORK // (len(text) + 1) + 1)):
        before, text = text, _pass(text, removed)
        if text == before:
            return text
    return _pass(removed.by(_LAST_RESORT, _LAST_RESORT(text), text), removed)


def _pass(text: str, removed: _Removed) -> str:
    """Apply every rule to the text, then to its shadow the first that finds something there."""
    for rule in _RULES:
        text = removed.by(rule, rule(text), text)
    shadow = shadow_of(text) if "&" in text else None
    if shadow is None:
        return text
    for rule in (LEGACY, *_RULES):
        if edits := rule.edits(shadow.text):
            return removed.by(rule, shadow.rewritten(edits), text)
    return removed.by(_LAST_RESORT, shadow.rewritten(shadow.buried), text) if shadow.buried else text


def _cut(text: str, bounds: Bounds) -> str:
    """Return the beginning of a settled text and a mark, so that the whole is settled again.

    A cut can leave half an entity, half a tag or a joiner with nothing to join; then it moves further to the front.
    """
    lines = "\n".join(text.split("\n", bounds.lines)[: bounds.lines - 1])
    data, back = lines.encode()[: bounds.size - len(_CUT) - 1], 0
    while back < len(data):
        kept = data[: len(data) - back].decode(errors="ignore").rstrip("\n")
        whole = f"{kept}\n{_CUT}"
        if _pass(whole, _Removed()) == whole:
            return whole
        back = 2 * back + 64
    return _CUT


def reveal(text: str) -> str:
    """Show invisible characters as escapes such as `⟦U+202E⟧`, for text that must not be rewritten otherwise."""
    found = invisible(text)
    return "".join(f"⟦U+{ord(c):04X}⟧" if at in found else c for at, c in enumerate(text)) if found else text


def unreveal(text: str) -> str:
    """Undo `reveal`, so that a quote can be compared with the file."""
    return re.sub(r"⟦U\+([0-9A-F]{4,6})⟧", lambda m: chr(min(int(m[1], 16), 0x10FFFF)), text)


def fence(text: str, label: str) -> str:
    """Return text between two marker lines that cannot occur in it; the marker is derived from the text.

    Args:
        text: the data.
        label: what it is, for the model; line breaks in it become spaces.
    """
    marker = marker_of(text, hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest())
    return f"<<<{marker} {' '.join(label.split())}\n{text}\n{marker}>>>"


def marker_of(text: str, digest: str) -> str:
    """Return the shortest marker of a digest, of 12 digits or more, that the text does not have in any case."""
    folded = text.casefold()
    length = 12
    while (marker := f"DATA-{digest[:length]}{'-' * (length - len(digest))}").casefold() in folded:
        length += 4
    return marker

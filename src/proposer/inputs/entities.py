"""HTML entities, decoded to a fixed point in a shadow copy that knows where each of its characters came from."""

import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from html.entities import html5

from proposer.inputs.rule import Edit, Rule

__all__ = ["LEGACY", "Shadow", "shadow_of"]

_ENTITY = re.compile(r"&(?:#(?:[xX][0-9a-fA-F]+|[0-9]+);?|[A-Za-z][A-Za-z0-9]{0,31};?)")
_BARE = max(len(name) for name in html5 if not name.endswith(";"))
_REACH = 40
"""No entity that is still to be completed is longer; a number is one as soon as it has a digit."""
_ROUNDS = 64
_COPIED = 10_000_000
"""Characters that all rounds together may copy: the longer a text, the fewer levels of nesting are followed."""


@dataclass(frozen=True, kw_only=True)
class Shadow:
    """A decoded text.

    Attributes:
        text: the text, entities decoded until none is left.
        buried: entities that are nested too deep to be decoded, as deletions from `text`.
    """

    text: str
    buried: list[Edit]
    _original: str
    _rounds: list[list[Edit]]

    def rewritten(self, edits: list[Edit]) -> str:
        """Return the original with edits of the shadow carried out; whatever they do not touch stays as it is."""
        starts = array("I", range(len(self._original)))
        ends = array("I", range(1, len(self._original) + 1))
        for found in self._rounds:
            starts, ends = _shifted(starts, found, first=True), _shifted(ends, found, first=False)
        parts, last = list[str](), 0
        for start, end, new in edits:
            parts += (self._original[last : starts[start]], new)
            last = ends[end - 1]
        return "".join(parts) + self._original[last:]


def shadow_of(text: str) -> Shadow | None:
    """Decode a text as browsers would if each decoded what the one before it wrote; None where nothing is an entity.

    Every round decodes all entities that stand in the text, with and without a semicolon (HTML, section 13.2.5.72),
    which is what `html.unescape` does; rounds after the first look only at the places where the last one changed
    something. Numbers are taken as they are, so that a control is not hidden by a table.
    """
    original, rounds = text, list[list[Edit]]()
    found = _decoded(_ENTITY.finditer(text))
    while found and len(rounds) < min(_ROUNDS, 1 + _COPIED // len(original)):
        rounds.append(found)
        parts, near, last, shift = list[str](), dict[int, None](), 0, 0
        for start, end, value in found:
            parts += (text[last:start], value)
            last = end
        text = "".join(parts) + text[last:]
        for start, end, value in found:
            begin = start - shift
            near[text.rfind("&", max(0, begin - _REACH), begin + len(value))] = None
            shift += end - start - len(value)
        found = _decoded(match for at in near if at >= 0 and (match := _ENTITY.match(text, at)))
    if not rounds:
        return None
    buried = [(start, end, "") for start, end, _ in found]
    return Shadow(text=text, buried=buried, _original=original, _rounds=rounds)


def _shifted(places: "array[int]", found: list[Edit], *, first: bool) -> "array[int]":
    """Return the places of a text's characters after a round: those of an entity become its first or last place."""
    moved, last = array("I"), 0
    for start, end, value in found:
        moved += places[last:start]
        moved.extend([places[start if first else end - 1]] * len(value))
        last = end
    return moved + places[last:]


def _decoded(matches: Iterable[re.Match[str]]) -> list[Edit]:
    """Return the entities among the matches with what each stands for."""
    found = []
    for match in matches:
        entity, start = match[0], match.start()
        size, value = _value(entity) if len(entity) < _REACH else _value.__wrapped__(entity)
        if size:
            found.append((start, start + size, value))
    return found


@lru_cache(maxsize=512)
def _value(entity: str) -> tuple[int, str]:
    """Return how much of a match is an entity, and the characters it stands for."""
    if entity[1] == "#":
        base, digits = (16, entity[3:]) if entity[2] in "xX" else (10, entity[2:])
        digits = digits.rstrip(";").lstrip("0")
        number = int(digits or "0", base) if len(digits) < 8 else 0x110000  # noqa: PLR2004 - U+10FFFF has 7 digits
        return len(entity), chr(number) if number < 0x110000 else "\ufffd"  # noqa: PLR2004 - the end of Unicode
    name = entity[1:]
    size = next((n for n in (len(name), *range(min(_BARE, len(name)), 1, -1)) if name[:n] in html5), 0)
    return (size + 1, html5[name[:size]]) if size else (0, "")


def _shown(match: re.Match[str]) -> str:
    shown = unescape(f"&#{ord(match[0])};")
    return "" if shown == match[0] else shown


LEGACY = Rule(name="", pattern=re.compile("[\x80-\x9f]"), replacement=_shown)
"""For a shadow, first: a number such as `&#146;` is shown by HTML as the character of Windows-1252, so that is written.

The five numbers without one go.
"""

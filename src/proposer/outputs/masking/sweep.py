"""One search for everything: every finder over a text, over its shadows, and over what it wraps in base64."""

import re
from collections.abc import Iterable, Iterator

from proposer.outputs.masking import assignments, keyblocks, personal, places
from proposer.outputs.masking.encodings import unwrapped
from proposer.outputs.masking.known import Known
from proposer.outputs.masking.likeness import is_drawn
from proposer.outputs.masking.runs import Runs
from proposer.outputs.masking.shadows import Shadow, Span, bare, folded, unescaped, windows
from proposer.outputs.masking.tokens import Tokens

__all__ = ["Sweep", "merged"]

_DEEPEST = 3
"""Layers of base64 that are undone; each has at most three quarters of the size of the one around it."""

_BLOCK = 40
"""Characters that a block of base64 has at least which goes over lines."""

_SMALL = {code: code + 32 for code in range(65, 91)}
_PAIR = re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{16}[\s\S]{1,160}?(?<![A-Za-z0-9/+])([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])")
_CODE = re.compile(r"[A-Za-z0-9+/_-]*")


class Sweep:
    """A search for the values of one process, for tokens, keys and passwords, and on request for personal data."""

    def __init__(self, values: Iterable[str] = (), *, with_personal: bool = False) -> None:
        self._known = Known(values)
        self._tokens = Tokens()
        self.with_personal = with_personal

    def spans(self, text: str, context: str = "", depth: int = 0, *, folds: bool = True) -> Iterator[Span]:
        """Yield the places of secrets in a text, unordered; they may overlap.

        Args:
            text: where to look.
            context: what the text is said to be, such as its key in a JSON document.
            depth: layers of base64 around the text.
            folds: whether a line break of the text may split a secret.
        """
        yield from self._in(text, context, depth, folds=folds)
        has_key = "PRIVATE" in text
        for first, last in windows(text):
            if (clear := bare(Shadow(text[first:last]))) is not None:
                has_key = has_key or "PRIVATE" in clear.text
                yield from _moved(clear, self._in(clear.text, context, depth), first)
                yield from self._folded(clear, first)
            yield from self._layers(text[first:last], first)
        if has_key and (clear := bare(Shadow(text))) is not None:
            # A key goes over more lines than a window has.
            yield from _moved(clear, keyblocks.find(clear.text))
        if folds:
            yield from self._folded(Shadow(text), 0)
        for first, last in windows(text, quotes=True) if self._known else ():
            yield from self._layers(text[first:last], first)

    def _layers(self, text: str, base: int) -> Iterator[Span]:
        """Search each layer of escapes for known values."""
        for layer in unescaped(Shadow(text)) if self._known else ():
            yield from _moved(layer, self._known.find(layer.text), base)
            yield from self._folded(layer, base)

    def _folded(self, shadow: Shadow, base: int) -> Iterator[Span]:
        """Search a text for known values that line breaks split."""
        if self._known and (line := folded(shadow, words=True)) is not None:
            yield from _moved(line, self._known.find(line.text, line.cuts), base)

    def _in(self, text: str, context: str, depth: int, *, folds: bool = True) -> Iterator[Span]:
        """Search one text as it stands."""
        low = text.lower()
        if len(low) != len(text):  # one letter of Turkish becomes two characters
            low = text.translate(_SMALL)
        yield from self._known.find(text)
        runs = Runs(text)
        places_of_runs = list(runs)
        for span in self._tokens.find(text, places_of_runs):
            yield span
            if (pair := _PAIR.match(text, span.start)) and is_drawn(pair[1]):
                yield Span(*pair.span(1), "aws-secret")
        yield from keyblocks.find(text)
        yield from places.find(text, low)
        yield from assignments.find(text, low)
        if self.with_personal:
            yield from personal.find(text, low, context.lower())
        for start, end in places_of_runs if depth < _DEEPEST else ():
            yield from self._wrapped(text, start, end, depth)
        for start, end in runs.across() if folds else ():
            yield from self._across(text[start:end], start, depth)

    def _wrapped(self, text: str, start: int, end: int, depth: int) -> Iterator[Span]:
        """Search what a run of base64 or hexadecimal characters holds."""
        for inner, offset, width, size in unwrapped(text[start:end]):
            base = start + offset
            for first, last, rule in self.spans(inner, depth=depth + 1):
                stop = min(base + -(-last * width // size), end)
                while text[stop : stop + 1] == "=":
                    stop += 1
                yield Span(base + first * width // size, stop, rule)

    def _across(self, part: str, base: int, depth: int) -> Iterator[Span]:
        """Search a run that line breaks split."""
        line = folded(Shadow(part))
        if line is None:
            return
        text, cuts = line.text, line.cuts(0, len(line.text))
        found: list[Span] = []
        # What stands on the first line may be a word of its own.
        for first in (0, cuts[0]):
            part, inside = text[first:], [cut - first for cut in cuts]
            for start, end, rule in self._tokens.find(part, Runs(part), inside):
                found.append(Span(first + start, first + end, rule))
        if depth < _DEEPEST and len(text) >= _BLOCK:
            for first in (0, *cuts[:2]):
                code = next(_CODE.finditer(text, first))
                if wrapped := list(self._wrapped(text, first, code.end(), depth)):
                    found += wrapped
                    break
        yield from _moved(line, found, base)


def _moved(shadow: Shadow, spans: Iterable[Span], base: int = 0) -> Iterator[Span]:
    """Yield spans of a shadow as spans of its source, which stands at `base`."""
    for span in spans:
        start, end = shadow.back(span.start, span.end)
        yield Span(base + start, base + end, span.rule)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that overlap as one; the one that starts first gives the name."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if result and span.start < result[-1].end:
            if span.end > result[-1].end:
                result[-1] = result[-1]._replace(end=span.end)
        elif span.end > span.start:
            result.append(span)
    return result

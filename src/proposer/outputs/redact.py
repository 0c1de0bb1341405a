"""Masks secrets and, on request, personal data, in everything that is stored, shown or sent."""

import json
import re
from collections.abc import Iterable
from functools import partial
from typing import Any

from proposer.outputs.masking import jsonlines, skim
from proposer.outputs.masking.ambient import leaves, secret_values
from proposer.outputs.masking.assignments import is_secret
from proposer.outputs.masking.jsonlines import Field
from proposer.outputs.masking.shadows import Span
from proposer.outputs.masking.sweep import Sweep, merged

__all__ = ["Redactor", "leaves", "secret_values"]

_MARK = re.compile(r"\[REDACTED:[a-z0-9-]{1,40}\]")
_UNSCANNED = "[REDACTED:unscanned]"
_ROUNDS = 12
_SHORTEST = 6
_SHORT = 64
_MANY = 8192
_APART = " \n"
"""Between strings that are searched as one text: no word, token or line goes over it."""

_BREAK = re.compile("[\n\r\x85\u2028\u2029]")


class Redactor:
    """Replaces secrets by `[REDACTED:<rule>]`; nothing of the value is kept. Masking twice changes nothing more.

    A text that cannot be searched, for whatever reason, is dropped as a whole: `[REDACTED:unscanned]`.

    Args:
        values: exact secrets of this process; also found in base64, hex, URL, JSON, XML and shell form, and reversed.
        personal: also mask card numbers, IBANs, e-mail addresses and national identity numbers.
    """

    def __init__(self, values: Iterable[str] = (), personal: bool = False) -> None:
        self._exact = tuple(values)
        self._personal = personal
        self._sweep = Sweep(self._exact, with_personal=personal)
        self._short: dict[tuple[str, str], str] = {}
        self.count = 0

    def with_values(self, values: Iterable[str]) -> "Redactor":
        """Return a redactor for these secrets, which masks personal data where this one does."""
        return Redactor(values, personal=self._personal)

    def with_personal(self) -> "Redactor":
        """Return a redactor for the same secrets that masks personal data too."""
        return Redactor(self._exact, personal=True)

    def text(self, text: str) -> str:
        """Return text without secrets."""
        return self._masked(text, "")

    def jsonl(self, line: str) -> str:
        """Return a JSON document on one line with every string in it redacted, keys too.

        Numbers, spaces and the order of keys stay as they are. A number that is a secret becomes a string. A line that
        is not JSON is treated as text.
        """
        line = line.strip("\r\n")
        try:
            result = self._document(line)
        except Exception:  # noqa: BLE001 - fail closed: whatever went wrong, nothing unseen is passed on
            self.count += 1
            return json.dumps(_UNSCANNED)
        return " ".join(self.text(line).splitlines()) if result is None else result

    def _document(self, line: str) -> str | None:
        """Return a JSON document redacted; None where it is none.

        Nearly every line holds no secret. So all its strings are searched as one text first; where something is found,
        those that it may be in are searched again, each by itself.
        """
        texts = skim.strings(line)
        suspects = None
        if texts is not None:
            joined = _APART.join(texts)
            folds = any("\n" in text or "\\" in text for text in texts)
            spans = merged(self._sweep.spans(joined, joined if self._sweep.with_personal else "", folds=folds))
            if not spans and _is_one(line):
                return line
            suspects = _touched(texts, spans)
        return jsonlines.rewrite(line, partial(self._field, suspects))

    def value(self, value: Any) -> Any:
        """Return a JSON value with every string in it redacted."""
        return json.loads(self.jsonl(json.dumps(value, ensure_ascii=False)))

    def _field(self, suspects: set[str] | None, field: Field) -> str:
        if field.kind and not field.is_key and is_secret(field.text, field.kind):
            self.count += 1
            return "[REDACTED:assignment]"
        if suspects is not None and field.text not in suspects:
            return field.text
        return self._masked(field.text, field.key)

    def _masked(self, text: str, context: str) -> str:
        if len(text) < _SHORTEST:
            return text
        if len(text) > _SHORT:
            return self._searched(text, context)
        key = (text, context)
        if key not in self._short:
            if len(self._short) >= _MANY:
                self._short.clear()
            self._short[key] = self._searched(text, context)
            return self._short[key]
        return self._short.get(key, _UNSCANNED)

    def _searched(self, text: str, context: str) -> str:
        try:
            for _ in range(_ROUNDS):
                spans = merged(self._sweep.spans(text, context))
                if "[REDACTED:" in text:
                    marks = [mark.span() for mark in _MARK.finditer(text)]
                    spans = [span for span in spans if not any(a <= span.start and span.end <= b for a, b in marks)]
                if not spans:
                    return text
                pieces: list[str] = []
                at = 0
                for span in spans:
                    pieces += (text[at : span.start], f"[REDACTED:{span.rule}]")
                    at = span.end
                text = "".join((*pieces, text[at:]))
                self.count += len(spans)
        except Exception:  # noqa: BLE001 - fail closed: whatever went wrong, nothing unseen is passed on
            self.count += 1
            return _UNSCANNED
        return _UNSCANNED  # made so that each mask uncovers another secret


def _is_one(line: str) -> bool:
    """Tell whether a line is one to every reader; the usual line is ASCII, and told without a search."""
    return "\n" not in line and "\r" not in line and (line.isascii() or not _BREAK.search(line))


def _touched(texts: list[str], spans: list[Span]) -> set[str]:
    """Return those of the texts, joined, that a span lies in."""
    found: set[str] = set()
    start, waiting = 0, iter(spans)
    span = next(waiting, None)
    for text in texts:
        end = start + len(text)
        while span is not None and span.end <= start:
            span = next(waiting, None)
        if span is None:
            break
        if span.start < end:
            found.add(text)
        start = end + len(_APART)
    return found

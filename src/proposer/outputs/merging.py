"""Several answers about the parts of one change, as one: by rules, in the order of the parts."""

from collections.abc import Sequence
from typing import Any

__all__ = ["merged"]

_WORSE = (("approve", "comment", "request_changes"), ("go", "no_go"))
"""Answers of which the later one wins."""


def merged(answers: Sequence[Any]) -> Any:
    """Return one answer: rows of lists one after the other, the highest number, the worst verdict, texts in a row."""
    if len(answers) == 1 or not all(isinstance(answer, dict) for answer in answers):
        return answers[0]
    keys = dict.fromkeys(key for answer in answers for key in answer)
    return {key: _one([answer[key] for answer in answers if key in answer]) for key in keys}


def _one(values: list[Any]) -> Any:
    if all(isinstance(value, list) for value in values):
        rows: list[Any] = []
        for row in (row for value in values for row in value):
            if row not in rows:
                rows.append(row)
        return rows
    if all(isinstance(value, int | float) for value in values):
        return max(values)
    for order in _WORSE:
        if all(value in order for value in values):
            return max(values, key=order.index)
    texts = [value for value in dict.fromkeys(map(str, values)) if value.strip()]
    return "\n\n".join(texts) if all(isinstance(value, str) for value in values) else values[0]

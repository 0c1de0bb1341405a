"""What a proposal does to the API: the OpenAPI documents before and after it, compared by the host."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from proposer.config import assets
from proposer.errors import Outcome
from proposer.invocation.trial import Trial
from proposer.outputs.trials import reasons_of as failures

__all__ = ["reasons_of"]

_METHODS = frozenset({"get", "put", "post", "delete", "patch"})
_LISTED = 5


def reasons_of(before: Trial, after: Trial, answer: Mapping[str, Any], model: str) -> Iterator[tuple[Outcome, str]]:
    """Yield what the two documents say of a proposal.

    Each change that breaks a client blocks, unless the answer names it word for word (`breaking`: operation, change).

    Args:
        before: the command that printed the document of the tree that the run started from.
        after: the same command on the proposal.
        answer: the validated answer.
        model: what the schemas of request and answer are named after; empty: they are not looked for.
    """
    old, new = _document(before), _document(after)
    if old is None:
        end = before.stopped or f"exit {before.returncode}"
        yield Outcome.UNAVAILABLE, f"there is no OpenAPI document to compare with ({end}): {_last(before.output)}"
        return
    if new is None:
        yield from failures([after])
        if after.passed:
            yield Outcome.BLOCKED, "the proposal does not print one OpenAPI document"
        return
    try:
        rows = list(assets.script("dto-and-route", "compare").Comparison(old, new).breaks())
        lacks = list(_lacks(old, new, model))
    except Exception as error:  # noqa: BLE001 - the document is whatever the proposal prints
        yield Outcome.BLOCKED, f"the OpenAPI document of the proposal cannot be read: {type(error).__name__}"
        return
    yield from _named(rows, answer)
    yield from lacks


def _named(rows: list[str], answer: Mapping[str, Any]) -> Iterator[tuple[Outcome, str]]:
    said = [row for row in answer.get("breaking", []) if isinstance(row, dict)]
    named = {_flat(f"{row.get('operation')}: {row.get('change')}") for row in said}
    untold = [row for row in rows if _flat(row) not in named]
    for row in untold[:_LISTED]:
        yield Outcome.BLOCKED, f"the API breaks clients, and the answer does not name it: {row}"
    if len(untold) > _LISTED:
        yield Outcome.BLOCKED, f"the answer does not name {len(untold) - _LISTED} more change(s) that break clients"
    for row in [row for row in rows if _flat(row) in named][:_LISTED]:
        yield Outcome.FINDINGS, f"the API breaks clients, as the answer says: {row}"
    for row in sorted(named - set(map(_flat, rows)))[:_LISTED]:
        yield Outcome.FINDINGS, f"the answer names a change that the OpenAPI documents do not show: {row[:300]}"


def _lacks(old: dict[str, Any], new: dict[str, Any], model: str) -> Iterator[tuple[Outcome, str]]:
    """Yield what was asked for and does not stand in the document."""
    if old == new:
        yield Outcome.INCOMPLETE, "the proposal changes nothing in the OpenAPI document: a person must look"
    schemas = new.get("components", {}).get("schemas", {})
    if model and not {f"{model}Request", f"{model}DTO"} & set(schemas):
        yield Outcome.INCOMPLETE, f"the OpenAPI document has neither {model}Request nor {model}DTO: a person must look"
    for path, methods in new["paths"].items():
        for method in sorted(_METHODS & set(methods)):
            if method not in old["paths"].get(path, {}) and not methods[method].get("description"):
                yield Outcome.BLOCKED, f"the OpenAPI document does not describe {method.upper()} {path}"


def _document(trial: Trial) -> dict[str, Any] | None:
    """Return the OpenAPI document that a command printed on a line of its own; None where there is none, or a second.

    What is loaded to make the document can print too: two of them could be told apart by nobody.
    """
    found = [one for line in trial.output.splitlines() if (one := _read(line)) is not None] if trial.passed else []
    return found[0] if len(found) == 1 else None


def _read(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("paths"), dict) else None


def _flat(text: str) -> str:
    return " ".join(text.split())


def _last(output: str) -> str:
    lines = output.split("\n")
    return lines[-1].strip()[:200] or "it printed nothing"

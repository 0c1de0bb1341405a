"""Collects the facts that a workflow's table asks for by name; adding a kind of fact is one line here."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from proposer.errors import UsageError
from proposer.facts import evidence, exposure, history, migrations, reports
from proposer.facts.ground import Ground

__all__ = ["KINDS", "Facts", "again", "collect", "written"]

KINDS: dict[str, Callable[[Ground], dict[str, Any]]] = {
    "risk": exposure.of,
    "migrations": migrations.of,
    "history": history.of,
    "reports": reports.of,
    "evidence": evidence.of,
}
"""What finds each kind of fact (`config.settings.Input`). The result is JSON data, the same for the same ground."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Facts by the name of their kind, and the texts of the caller that are not among them."""

    data: Mapping[str, Any] = field(default_factory=dict)
    texts: Sequence[tuple[str, str]] = ()


def collect(ground: Ground) -> Facts:
    """Find out what the workflow's table asks for.

    Raises:
        UsageError: what the caller gave cannot be used, or an argument is missing or unknown.
    """
    known = {*ground.workflow.arguments}
    given = {name for name, value in ground.arguments.items() if value}
    if unknown := sorted(given - known):
        told = f"it takes: {', '.join(sorted(known))}" if known else "it takes none"
        raise UsageError(f"this workflow takes no argument {unknown[0]!r}", told)
    data: dict[str, Any] = {name: KINDS[name](ground) for name in ground.workflow.inputs}
    # What was read as a report is not shown as a text as well.
    texts = [row for row in ground.texts if "reports" not in data or not reports.is_sarif(row[1])]
    return Facts(data=data, texts=tuple(texts))


def again(data: Mapping[str, Any], texts: Sequence[tuple[str, str]]) -> Facts:
    """Return the facts of a recorded run, with its texts."""
    return Facts(data=data, texts=texts)


def written(fact: Any) -> str:
    """Return a fact as a prompt shows it: JSON, laid out, in any script."""
    return json.dumps(fact, indent=1, ensure_ascii=False)

"""One line for each run: what metrics, lists and reports need of a record, so that it is read once."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from proposer.errors import Outcome
from proposer.outputs.trials import FAILED
from proposer.provenance.document import Document

__all__ = ["REASONS", "VERSION", "Entry", "Spot", "reason_of", "taken"]

VERSION: Final = 1
"""Of the line's shape; lines of another version are read anew from their records."""
_SHORT = 160
_MOST_SPOTS = 100
_PRICE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,8})?) ([A-Z]{3})(?: |\Z)")
_UNASKED = ("rehearsal", "cassette")
REASONS = {
    "policy_violated": (Outcome.VIOLATED, "the run did what its policy forbids"),
    "schema_violation": (Outcome.INVALID, "the answer is empty, does not fit the schema, or contradicts itself"),
    "lock_drifted": (Outcome.DRIFTED, "codex.lock and the files, the binary or the library differ"),
    "test_failed": (Outcome.BLOCKED, "a check that the host made of the proposal fails"),
    "policy_blocked": (Outcome.BLOCKED, "a gate or a blocking finding says no"),
    "unavailable": (Outcome.UNAVAILABLE, "outage, quota, deadline, limit or no sandbox"),
    "incomplete": (Outcome.INCOMPLETE, "part of the subject was not examined, or a person must look"),
    "interrupted": (Outcome.INTERRUPTED, "a person or the job stopped it"),
}
"""Why a run failed, as metrics name it: the outcome that it stands for, and what it means."""
_LEVELS = ("P0", "P1", "P2", "P3")
_KNOWN = {outcome.label: outcome for outcome in Outcome}
_REASON = {outcome.label: reason for reason, (outcome, _) in REASONS.items() if outcome is not Outcome.BLOCKED}
# A hundred thousand records come through here: tables that are made once are a tenth of the time.


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Spot(_Line):
    """A finding that a run carries: where it is and what became of it."""

    fingerprint: str
    status: str
    severity: str
    category: str
    path: str
    line: int
    title: str


class Entry(_Line):
    """What is kept of one run. Digests are hexadecimal SHA-256, tokens and findings are counts.

    `seen` is what the file system said of record.json and statement.json when they were read: while it says the same,
    they are not read again. `leaf` is the digest of statement.json, `whole` says that it names this record.json.
    """

    version: Literal[1] = VERSION
    run: str
    seen: str
    leaf: str
    record: str
    whole: bool
    workflow: str
    outcome: str
    reason: str
    mode: Literal["ci", "local"]
    sandbox: str
    started: str
    seconds: float
    input_tokens: int
    cached_input_tokens: int
    output_tokens: int
    price: float | None
    currency: str
    model: str
    effort: str
    provider: str
    codex: str
    proposer: str
    lock: str
    asked: bool
    replay: bool
    branch: str | None
    head: str
    dropped: int
    refused: int
    redactions: int
    proposal: Literal["", "allowed", "refused"]
    reported: dict[str, int]
    findings: tuple[Spot, ...]


def reason_of(outcome: str, reasons: list[Any]) -> str:
    """Return why a run failed, from a closed set; empty where its exit code is 0.

    Args:
        outcome: label of an outcome.
        reasons: sentences of the record.
    """
    if _KNOWN[outcome] is Outcome.BLOCKED:
        return "test_failed" if any(str(text).startswith(FAILED) for text in reasons) else "policy_blocked"
    return _REASON.get(outcome, "")


def taken(document: Document, *, seen: str, leaf: str, record: str, whole: bool) -> Entry:
    """Return the line of a record.

    Raises:
        ValueError: a field of the record does not have the shape that this library writes.
        KeyError: the same.
        TypeError: the same.
    """
    run, tool, result = document.run, document.tool, document.result
    usage, proposal = result.get("usage") or {}, result.get("proposal")
    price = _PRICE.match(str(result.get("price", "")))
    findings = result.get("findings", [])
    return Entry(
        run=run.id,
        seen=seen,
        leaf=leaf,
        record=record,
        whole=whole,
        workflow=run.name,
        outcome=run.outcome,
        reason=reason_of(run.outcome, result.get("reasons", [])),
        mode="local" if run.runner == "workstation" else "ci",
        sandbox=document.policy.sandbox,
        started=run.started_at,
        seconds=float(result.get("seconds", 0)),
        input_tokens=_count(usage, "input_tokens"),
        cached_input_tokens=_count(usage, "cached_input_tokens"),
        output_tokens=_count(usage, "output_tokens"),
        price=float(Decimal(price[1])) if price else None,
        currency=price[2] if price else "",
        model=tool.model,
        effort=tool.effort,
        provider=tool.provider,
        codex=tool.pinned_cli_version,
        proposer=tool.proposer_version,
        lock=document.inputs.lock_sha256 or "",
        asked=tool.provider not in _UNASKED,
        replay=run.replay_of is not None,
        branch=run.git.branch,
        head=run.git.head_sha or run.git.tree,
        dropped=_count(result, "dropped"),
        refused=_count(result, "refused_commands"),
        redactions=_count(result, "redactions"),
        proposal=("allowed" if proposal["allowed"] else "refused") if proposal else "",
        reported=_reported(findings),
        findings=tuple(map(_spot, _carried(result))),
    )


def _reported(findings: list[Any]) -> dict[str, int]:
    counts = dict.fromkeys(_LEVELS, 0)
    for row in findings:
        if (level := row["severity"]) in counts:
            counts[level] += 1
    return counts


def _carried(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what the record carries; a record of before there was such a thing has findings only."""
    rows = result.get("carried") or [
        {"fingerprint": "", "status": "new", "finding": row} for row in result.get("findings", [])
    ]
    return list(rows)[:_MOST_SPOTS]


def _spot(row: Mapping[str, Any]) -> Spot:
    finding = row["finding"]
    return Spot(
        fingerprint=row["fingerprint"],
        status=row["status"],
        severity=finding["severity"],
        category=finding["category"],
        path=finding["path"][:_SHORT],
        line=finding["start_line"],
        title=" ".join(finding["title"].split())[:_SHORT],
    )


def _count(values: Mapping[str, Any], name: str) -> int:
    value = values.get(name, 0)
    return max(value, 0) if isinstance(value, int) else 0

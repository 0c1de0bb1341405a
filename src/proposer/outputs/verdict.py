"""From everything that was observed to one outcome; the worst wins, and the model can only make it worse."""

import contextlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from proposer.config.settings import Workflow
from proposer.errors import Outcome
from proposer.inputs.prompt import Diff
from proposer.outputs.answer import Finding, Lookup, anchored, findings_of

__all__ = ["Observed", "Verdict", "judge"]

_BLOCKERS = ("P0", "P1")


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What a run showed, apart from its answer."""

    written: tuple[str, ...] = ()
    config_changed: bool = False
    violations: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    truncated: tuple[str, ...] = ()
    instruction_paths: tuple[str, ...] = ()
    strays: int = 0


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The outcome, each reason for it, and the findings that survived."""

    outcome: Outcome
    reasons: tuple[tuple[Outcome, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    dropped: int = 0
    summary: str = ""


def judge(
    answer: Any, *, workflow: Workflow, diff: Diff, observed: Observed, lookup: Lookup, mask: Callable[[str], str]
) -> Verdict:
    """Weigh an answer and what was observed.

    Args:
        answer: the validated answer, or None where no model was asked.
        workflow: the settings of the base.
        diff: the change as it was shown.
        observed: what the run did.
        lookup: text of a file on a side.
        mask: the redactor.
    """
    reasons = list(_world(workflow, diff, observed))
    rows = findings_of(answer) or []
    placed = [(row, anchored(row, lookup, mask)) for row in rows]
    kept = [found for _, found in placed if found is not None]
    lost = len(rows) - len(kept)
    severe = [row for row, found in placed if found is None and row.severity in (*_BLOCKERS, *workflow.block)]
    if severe:
        text = f"a {severe[0].severity} finding quotes lines that are not in {severe[0].path}: a person must look"
        reasons.append((Outcome.INCOMPLETE, text))
    kept += _hidden_findings(diff)
    kept.sort(key=lambda row: (row.severity, row.path, row.start_line))
    blockers = [row for row in kept if row.severity in workflow.block]
    if blockers:
        reasons.append((Outcome.BLOCKED, f"{blockers[0].severity}: {blockers[0].title}"))
    verdict = answer.get("verdict") if isinstance(answer, dict) else None
    if verdict == "request_changes" and not kept:
        reasons.append((Outcome.INCOMPLETE, "changes were requested without a finding that can be verified"))
    elif verdict == "request_changes" and not blockers:
        reasons.append((Outcome.BLOCKED, "the review requests changes"))
    if kept:
        reasons.append((Outcome.FINDINGS, f"{len(kept)} finding(s), none of which blocks"))
    outcome = Outcome.worst(*(reason[0] for reason in reasons))
    summary = str(answer.get("summary", "")) if isinstance(answer, dict) else ""
    return Verdict(outcome=outcome, reasons=tuple(reasons), findings=tuple(kept), dropped=lost, summary=summary)


def _world(workflow: Workflow, diff: Diff, observed: Observed) -> Sequence[tuple[Outcome, str]]:
    """Return what the world says, whatever the answer claims."""
    found: list[tuple[Outcome, str]] = [(Outcome.VIOLATED, text) for text in observed.violations]
    if workflow.sandbox == "read-only" and observed.written:
        found.append((Outcome.VIOLATED, f"a read-only run wrote {observed.written[0]}"))
    if observed.config_changed:
        found.append((Outcome.VIOLATED, "the rendered configuration was changed during the run"))
    needed = [
        (command, words)
        for command, words in observed.refused
        if any(_starts(command, need) for need in workflow.needs)
    ]
    if needed:
        found.append((Outcome.INCOMPLETE, f"a command that the workflow needs was refused ({needed[0][1]})"))
    if observed.instruction_paths:
        shown = ", ".join(observed.instruction_paths[:3])
        found.append((Outcome.INCOMPLETE, f"the change touches instruction paths ({shown}): a person must look"))
    if diff.not_reviewed:
        shown = ", ".join(diff.not_reviewed[:3])
        found.append(
            (Outcome.INCOMPLETE, f"{len(diff.not_reviewed)} file(s) did not fit and were not reviewed: {shown}")
        )
    if observed.truncated:
        found.append((Outcome.INCOMPLETE, f"codex cut the instructions: {observed.truncated[0][:120]}"))
    return found


def _starts(given: str, need: tuple[str, ...]) -> bool:
    """Tell whether one of the commands of a call starts with an argv prefix; the call is JSON with `cmd`, or text."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        given = json.loads(given)["cmd"]
    return any(tuple(part.split()[: len(need)]) == need for part in re.split(r"&&|\|\||[;|\n]", given))


def _hidden_findings(diff: Diff) -> list[Finding]:
    """Return a finding for each added line with characters that nobody sees."""
    return [
        Finding(
            title=f"invisible characters ({row.names})",
            body="This line holds characters that no reader sees; what it says and what it does may differ.",
            severity="P1",
            confidence=1.0,
            category="security",
            side="new",
            path=row.path,
            start_line=row.line,
            end_line=row.line,
            quote=row.text,
        )
        for row in diff.hidden
    ]

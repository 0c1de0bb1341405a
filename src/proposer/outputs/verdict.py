"""From everything that was observed to one outcome; the worst wins, and the model can only make it worse."""

import contextlib
import functools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from proposer.config.settings import Workflow
from proposer.errors import Outcome
from proposer.inputs.prompt import Diff
from proposer.outputs.answer import Finding, Lookup
from proposer.outputs.carried import Carried, carry
from proposer.outputs.gates.register import applied
from proposer.outputs.gates.weighing import Weighing
from proposer.outputs.proposal import FORBIDDEN, GateReport
from proposer.outputs.selection import MOST, Selection, ordered, select

__all__ = ["Observed", "Verdict", "judge"]

_BLOCKERS = ("P0", "P1")
_VERDICTS = ("approve", "comment", "request_changes")
_SHOWN = ("summary", "verdict", "findings")
"""Parts of an answer that have a place of their own in every report."""


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What a run showed, apart from its answer.

    `written` are the files that differ from the stage's start, `ignored` those among them that the subject's ignore
    files hide; in a read-only run both are `written`. `tried` is what the host's own checks of the proposal say.
    """

    written: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    config_changed: bool = False
    violations: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    truncated: tuple[str, ...] = ()
    instruction_paths: tuple[str, ...] = ()
    strays: int = 0
    proposal: GateReport | None = None
    tried: tuple[tuple[Outcome, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The outcome, each reason for it, and the findings that survived."""

    outcome: Outcome
    reasons: tuple[tuple[Outcome, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    dropped: int = 0
    summary: str = ""
    answer: dict[str, Any] = field(default_factory=dict)
    """What else the answer says, without what the gates dropped."""
    notes: tuple[str, ...] = ()
    carried: tuple[Carried, ...] = ()
    """All findings with what became of them since the last run on the same branch."""


def judge(
    answer: Any,
    *,
    workflow: Workflow,
    diff: Diff,
    observed: Observed,
    lookup: Lookup,
    mask: Callable[[str], str],
    facts: Mapping[str, Any] | None = None,
    rehearsed: bool = False,
    earlier: Sequence[Carried] = (),
    tree: str = "",
) -> Verdict:
    """Weigh an answer and what was observed.

    Args:
        answer: the validated answer, or None where no model was asked.
        workflow: the settings of the base.
        diff: the change as it was shown.
        observed: what the run did.
        lookup: text of a file on a side.
        mask: the redactor.
        facts: what the host found out, by kind.
        rehearsed: whether a script or a recording answered.
        earlier: what the last run on the same branch carried.
        tree: id of the tree that the run looked at.
    """
    reasons = list(_world(workflow, diff, observed))
    cached = functools.lru_cache(maxsize=32)(mask)
    chosen = select(answer, lookup=lookup, mask=cached)
    if chosen.unread:
        text = f"{chosen.unread} finding(s) of the answer cannot be read or are too many: a person must look"
        reasons.append((Outcome.INCOMPLETE, text))
    severe = [row for row in chosen.lost if row.severity in (*_BLOCKERS, *workflow.block)]
    if severe:
        text = f"a {severe[0].severity} finding quotes lines that are not in {severe[0].path}: a person must look"
        reasons.append((Outcome.INCOMPLETE, text))
    said = chosen.said
    kept = ordered([*said, *_hidden_findings(diff)])
    carried = carry(kept, earlier, lookup=lookup, mask=cached, tree=tree) if answer is not None else ()
    reasons += _forgotten(carried, workflow, tree)
    blockers = [row for row in kept if row.severity in workflow.block]
    if blockers:
        reasons.append((Outcome.BLOCKED, f"{blockers[0].severity}: {blockers[0].title}"))
    verdict = answer.get("verdict") if isinstance(answer, dict) else None
    if verdict == "request_changes" and not said:
        reasons.append((Outcome.INCOMPLETE, "changes were requested without a finding that can be verified"))
    elif verdict == "request_changes" and not blockers:
        reasons.append((Outcome.BLOCKED, "the review requests changes"))
    elif verdict is not None and verdict not in _VERDICTS:
        reasons.append((Outcome.INCOMPLETE, f"the verdict {str(verdict)[:40]!r} means nothing here"))
    ruling = None
    if isinstance(answer, dict):
        ruling = applied(Weighing(answer=answer, workflow=workflow, facts=facts or {}, lookup=lookup, mask=cached,
                                  rehearsed=rehearsed))  # fmt: skip
        reasons += ruling.reasons
    if kept:
        reasons.append((Outcome.FINDINGS, f"{len(kept)} finding(s), none of which blocks"))
    shown = kept[:MOST]
    outcome = Outcome.worst(*(reason[0] for reason in reasons))
    summary = str(answer.get("summary", "")) if isinstance(answer, dict) else ""
    more = {key: value for key, value in ruling.answer.items() if key not in _SHOWN} if ruling else {}
    return Verdict(
        outcome=outcome,
        reasons=tuple(reasons),
        findings=tuple(shown),
        dropped=len(chosen.lost) + chosen.unread + (ruling.dropped if ruling else 0),
        summary=summary,
        answer=more,
        notes=(*_left_out(chosen, kept[MOST:]), *(ruling.notes if ruling else ())),
        carried=carried,
    )


def _world(workflow: Workflow, diff: Diff, observed: Observed) -> Sequence[tuple[Outcome, str]]:
    """Return what the world says, whatever the answer claims."""
    found: list[tuple[Outcome, str]] = [(Outcome.VIOLATED, text) for text in observed.violations]
    if workflow.sandbox == "read-only" and observed.written:
        found.append((Outcome.VIOLATED, f"a read-only run wrote {observed.written[0]}"))
    if observed.config_changed:
        found.append((Outcome.VIOLATED, "the rendered configuration or the base's instructions were changed"))
    for reason in observed.proposal.reasons if observed.proposal else ():
        kind = Outcome.VIOLATED if reason.code in FORBIDDEN else Outcome.BLOCKED
        where = f"{reason.path} " if reason.path else ""
        found.append((kind, f"the proposal is refused ({reason.code}): {where}{reason.message}"))
    found += observed.tried
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


def _forgotten(carried: Sequence[Carried], workflow: Workflow, tree: str) -> list[tuple[Outcome, str]]:
    """Return a reason where a blocker of an earlier tree is still there and was not mentioned: that is not clean.

    Where the same tree is looked at again, the two answers simply differ; the report names the finding all the same.
    """
    lost = [
        row.finding for row in carried
        if row.status == "unknown" and row.finding.severity in workflow.block and row.tree != tree
    ]  # fmt: skip
    if not lost:
        return []
    where = f"{lost[0].path}: {lost[0].title}"
    return [(Outcome.FINDINGS, f"an earlier {lost[0].severity} ({where}) is still there and was not mentioned")]


def _left_out(chosen: Selection, cut: Sequence[Finding]) -> list[str]:
    """Return a sentence for each kind of finding that the report leaves out."""
    worst = f"the most severe of them is {cut[0].severity}" if cut else ""
    counts = (
        (len(cut), f"finding(s) beyond the first {MOST} were cut, {worst}: see answer.json of the record"),
        (chosen.nits, "finding(s) about what a linter reports were left out"),
        (chosen.doubles, "finding(s) that say the same about the same lines were left out"),
    )
    return [f"{count} {text}" for count, text in counts if count]


def _starts(given: str, need: tuple[str, ...]) -> bool:
    """Tell whether one of the commands of a call starts with an argv prefix; the call is JSON with `cmd`, or text."""
    with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
        given = str(json.loads(given)["cmd"])
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

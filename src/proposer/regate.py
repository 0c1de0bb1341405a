"""The gate, asked once more before a proposal is applied: a record is only as good as the folder that it lies in."""

import json
from collections.abc import Mapping
from pathlib import Path

from proposer.config import lock as locks
from proposer.config import settings as config
from proposer.errors import ProposerError, RefusedError, UsageError
from proposer.git import Git, shown
from proposer.outputs import patch as patches
from proposer.outputs.fit import Fit
from proposer.outputs.proposal import GateReport, check
from proposer.provenance import recording
from proposer.provenance.record import Document
from proposer.rendering import host
from proposer.rendering.material import Material

__all__ = ["ask"]

_AGAIN = "run the workflow again, and apply that run"


def ask(root: Path, store: Git, fit: Fit, document: Document, place: Path) -> config.Workflow:
    """Judge a proposal with the policy of its run's base, and return the table of its workflow there.

    What the host added is rendered again.

    Args:
        root: top folder of the repository.
        store: git over a store that holds the trees of the proposal.
        fit: the proposal as it fits this working tree.
        document: record.json of the run.
        place: folder of the record.

    Raises:
        RefusedError: the gate says no, or the host's part is not what the host renders.
    """
    made = document.run
    try:
        pinned = locks.of_tree(store, made.git.base_sha) if made.lock_from == "base" else locks.of_worktree(root)
        settings = config.parse(pinned.settings or b"")
        workflow = settings.workflow(made.name)
        policy = patches.policy_of(workflow, settings.proposals, _arguments(place))
    except UsageError as error:
        raise RefusedError(f"the policy of the run cannot be read: {error.message}", error.hint) from error
    model = fit.new
    if workflow.renders:
        model = _unrendered(store, fit, workflow.renders, pinned.files, document, place)
        rendered = {path: b"" for path in fit.files if shown(path) in document.result["proposal"].get("host", [])}
        _pass(check(store.cwd, model, fit.new, host.policy_for(rendered, patches.limits_of(settings.proposals))))
    if policy is not None:
        _pass(check(store.cwd, fit.old, model, policy))
    elif model != fit.old:
        raise RefusedError(f"workflow {made.name} only reads, and cannot propose this", _AGAIN)
    return workflow


def _unrendered(store: Git, fit: Fit, renders: str, files: Mapping[str, bytes], document: Document, place: Path) -> str:
    """Return the tree of what the model alone proposed; what the host added is rendered again and must be the same."""
    named = document.result["proposal"].get("host", [])
    added = {path: after.data for path, (_, after) in fit.files.items() if shown(path) in named and after is not None}
    model = host.model_part(store, fit.old, fit.new, added)
    try:
        answer = json.loads((place / "answer.json").read_bytes())
        material = Material(
            answer=answer, arguments=_arguments(place), git=store, before=fit.old, after=model, files=files
        )
        again = host.RENDERINGS[renders](material)
    except (OSError, ValueError, KeyError, ProposerError) as error:
        raise RefusedError(f"what the host rendered cannot be rendered again: {error}", _AGAIN) from error
    if again != added:
        raise RefusedError("what the host rendered in the run is not what it renders from that answer", _AGAIN)
    return model


def _arguments(place: Path) -> dict[str, str]:
    """Return what the caller gave, as the record holds it."""
    facts = place / recording.FACTS
    try:
        return dict(json.loads(facts.read_bytes())["arguments"]) if facts.exists() else {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RefusedError(f"{recording.FACTS} of the record cannot be read: {error}", _AGAIN) from error


def _pass(report: GateReport) -> None:
    if not report.allowed:
        first = report.reasons[0]
        where = f"{first.path} " if first.path else ""
        raise RefusedError(f"the gate refuses the proposal ({first.code}): {where}{first.message}", _AGAIN)

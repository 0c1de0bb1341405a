"""What a run left in its stage: harvested, judged, completed by the host, and tried by the host's own checks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from proposer.ceilings import Ceilings
from proposer.config.settings import Settings, Workflow
from proposer.errors import Outcome, StopError
from proposer.inputs.stage import Stage
from proposer.invocation import trial
from proposer.invocation.binary import Binary
from proposer.outputs import openapi
from proposer.outputs import patch as patches
from proposer.outputs.trials import reasons_of
from proposer.rendering import host
from proposer.rendering.material import Material

__all__ = ["Harvest", "gather"]


@dataclass(frozen=True, kw_only=True)
class Harvest:
    """What was found. `written` and `hidden` are paths; `tried` is what the checks say against the proposal."""

    written: tuple[str, ...]
    hidden: frozenset[str]
    proposal: patches.Proposal | None
    trials: tuple[trial.Trial, ...]
    tried: tuple[tuple[Outcome, str], ...]
    fault: StopError | None


def gather(
    *,
    stage: Stage,
    binary: Binary,
    workflow: Workflow,
    settings: Settings,
    answer: Any,
    arguments: Mapping[str, str],
    files: Mapping[str, bytes],
    mask: Callable[[str], str],
    mark: str,
    on_step: Callable[[str], None],
) -> Harvest:
    """Harvest the stage after Codex has ended.

    Args:
        stage: where Codex worked.
        binary: the pinned binary, for the sandbox of the checks.
        workflow: its table.
        settings: all settings of the base.
        answer: the validated answer, masked; None where there is none, and then the host renders nothing.
        arguments: what the caller gave, masked.
        files: pinned files of the base.
        mask: removes secrets.
        mark: unique to the run.
        on_step: told what happens, for people.

    Raises:
        StopError: the stage cannot be read back (`violated`).
    """
    policy = patches.policy_of(workflow, settings.proposals, arguments)
    written = stage.harvest(ignored=True)
    hidden = stage.hidden(written) if policy is not None else set()
    proposal, fault = patches.proposed(stage, written, hidden, policy, mask), None
    good = proposal is None or proposal.report.allowed
    if workflow.renders and answer is not None and good and not (policy is None and written):
        material = Material(answer=answer, arguments=arguments, git=stage.workspace.git(), before=stage.tree,
                            after=proposal.tree if proposal else stage.tree, files=files)  # fmt: skip
        try:
            proposal = host.completed(workflow.renders, material, proposal, patches.limits_of(settings.proposals), mask)
        except StopError as stop:
            fault = stop
    trials: list[trial.Trial] = []
    if workflow.checks and fault is None and proposal is not None and proposal.report.allowed:
        on_step("running the checks on the proposal")
        span = settings.limits.wall_seconds
        trials = trial.run(stage.workspace, binary, proposal.tree, workflow.checks, mark=mark,
                           ceilings=Ceilings(wall_seconds=span, idle_seconds=span))  # fmt: skip
    tried = list(reasons_of(trials, missing=bool(workflow.checks) and proposal is None))
    tested = fault is None and proposal is not None and proposal.report.allowed and not tried
    if workflow.openapi and tested and proposal is not None and answer is not None:
        on_step("comparing the OpenAPI documents")
        span = settings.limits.wall_seconds
        before, after = (
            trial.run(stage.workspace, binary, tree, [workflow.openapi], mark=mark, name=f"openapi-{name}",
                      ceilings=Ceilings(wall_seconds=span, idle_seconds=span))[0]
            for name, tree in (("before", stage.tree), ("after", proposal.tree))
        )  # fmt: skip
        trials += [one for one in (before, after) if not one.passed]
        model = next((arguments.get(name, "") for name, kind in workflow.kinds.items() if kind == "model"), "")
        tried += openapi.reasons_of(before, after, answer, model)
    return Harvest(
        written=tuple(written),
        hidden=frozenset(hidden),
        proposal=proposal,
        trials=tuple(trials),
        tried=tuple(tried),
        fault=fault,
    )

"""What a run left in its stage: harvested, judged, completed by the host, and tried by the host's own checks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proposer.ceilings import Ceilings
from proposer.config.settings import Settings, Workflow
from proposer.errors import Outcome, StopError
from proposer.git import shown
from proposer.inputs.stage import Stage
from proposer.inputs.subject import changes_between
from proposer.invocation import trial
from proposer.invocation.binary import Binary
from proposer.outputs import imposters, openapi
from proposer.outputs import patch as patches
from proposer.outputs.suite.locations import is_at_home, is_test_file
from proposer.outputs.trials import reasons_of
from proposer.rendering import host
from proposer.rendering.material import Material

__all__ = ["Harvest", "gather"]


@dataclass(frozen=True, kw_only=True)
class Harvest:
    """What was found. `written` and `hidden` are paths; `tried` is what the checks say against the proposal.

    `follows` says what to run once it is applied.
    """

    written: tuple[str, ...]
    hidden: frozenset[str]
    proposal: patches.Proposal | None
    trials: tuple[trial.Trial, ...]
    tried: tuple[tuple[Outcome, str], ...]
    fault: StopError | None
    follows: str


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
    failing: Sequence[str] = (),
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
        failing: the tests that failed before, for a workflow that mends a failure.
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
    tried: list[tuple[Outcome, str]] = []
    if workflow.checks and proposal is None:
        tried += reasons_of((), missing=True)
    elif workflow.checks and fault is None and proposal is not None and proposal.report.allowed:
        on_step("running the checks on the proposal")
        trials, tried = _tried(stage, binary, workflow, settings, proposal.tree, mark=mark, failing=failing)
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
        follows=_follows(workflow) if proposal is not None and proposal.report.allowed else "",
    )


def _follows(workflow: Workflow) -> str:
    return "; ".join(f"once the proposal is applied, run: {command}" for command in workflow.then)


def _tried(
    stage: Stage,
    binary: Binary,
    workflow: Workflow,
    settings: Settings,
    tree: str,
    *,
    mark: str,
    failing: Sequence[str],
) -> tuple[list[trial.Trial], list[tuple[Outcome, str]]]:
    """Run the checks on what is proposed; where a failure is mended, also with the tests as they were.

    A test that was changed, or a new one that is imported first, can make any code pass.
    """
    git, span = stage.workspace.git(), settings.limits.wall_seconds
    if reasons := list(imposters.reasons_of(git.tree(stage.tree), git.tree(tree))):
        return [], reasons
    ceilings = Ceilings(wall_seconds=span, idle_seconds=span)
    trials = trial.run(stage.workspace, binary, tree, workflow.checks, mark=mark, ceilings=ceilings)
    reasons = list(reasons_of(trials, failing=failing))
    changed = [change.path for change in changes_between(git, stage.tree, tree)]
    tests = [path for path in changed if is_test_file(path) or is_at_home(path)]
    if reasons or not tests or not workflow.once:
        return trials, reasons
    before = host.model_part(git, stage.tree, tree, dict.fromkeys(tests, b""))
    again = trial.run(stage.workspace, binary, before, workflow.checks, mark=mark, ceilings=ceilings,
                      name="trial-before", about="with the tests as they were")  # fmt: skip
    for outcome, words in reasons_of(again, failing=failing):
        told = (
            f"it passes only with the changed tests ({shown(tests[0])}), and a person must say what was wrong: {words}"
        )
        reasons.append((outcome if outcome is Outcome.UNAVAILABLE else Outcome.INCOMPLETE, told))
    return [*trials, *again], reasons

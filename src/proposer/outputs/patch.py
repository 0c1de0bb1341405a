"""What a run proposes: the patch from its stage, and what the gate says of it."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proposer.config.settings import Proposals, Workflow
from proposer.errors import UsageError
from proposer.git import Git, shown
from proposer.inputs.stage import Stage
from proposer.outputs.globs import PatternError
from proposer.outputs.paths import PathPolicy, rules_of
from proposer.outputs.proposal import DEFAULT, MIGRATIONS, GateReport, Reason, check

__all__ = ["NAME", "Proposal", "limits_of", "policy_of", "proposed", "raised", "text_of"]

NAME = "proposal.patch"
"""The file of a record that holds the patch."""
_WORD = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LISTED = 200
"""Reasons that are listed at most."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A patch (masked; `git apply` takes it), the tree that it leads to, and the report of the gate."""

    report: GateReport
    patch: bytes
    tree: str
    host: tuple[str, ...] = ()
    """Paths that the host rendered, after the gate had let the model's part pass."""

    def document(self, folder: str) -> dict[str, Any]:
        """Return the proposal as the run object has it; `folder` is the record, relative to the repository."""
        report = self.report
        return {
            "files": report.files,
            "added": report.added,
            "removed": report.removed,
            "allowed": report.allowed,
            "reasons": [list(reason) for reason in report.reasons[:_LISTED]],
            "patch": f"{folder}/{NAME}",
            **({"host": list(self.host)} if self.host else {}),
        }


def policy_of(workflow: Workflow, limits: Proposals, arguments: Mapping[str, str]) -> PathPolicy | None:
    """Return what the base's settings allow a workflow to propose; None where it only reads.

    Args:
        workflow: its table.
        limits: sizes that every proposal may have.
        arguments: what the caller gave; a pattern may hold one as `{NAME}`.

    Raises:
        UsageError: a pattern cannot be parsed, or an argument in one is no plain word.
    """
    if workflow.sandbox == "read-only":
        return None
    protected = [one for one in DEFAULT if not (workflow.migrations and one in MIGRATIONS)]
    policy = PathPolicy(
        allowed=tuple(_filled(pattern, workflow, arguments) for pattern in workflow.allowed),
        protected=(*protected, *limits.protected, *workflow.protected),
        max_files=limits.files,
        max_bytes=limits.total_bytes,
        max_file_bytes=limits.file_bytes,
        max_added_lines=limits.added_lines,
        tests=workflow.tests,
    )
    try:
        rules_of(policy)
    except PatternError as error:
        raise UsageError(f"proposer.toml: {error}", "mend the pattern, then run: inv codex.lock") from error
    return policy


def _filled(pattern: str, workflow: Workflow, arguments: Mapping[str, str]) -> str:
    for name in workflow.arguments:
        if f"{{{name}}}" in pattern:
            value = arguments.get(name, "")
            if not _WORD.fullmatch(value):
                raise UsageError(
                    f"{value[:40]!r} cannot be used as {name}", "give one lower-case word, such as billing"
                )
            pattern = pattern.replace(f"{{{name}}}", value)
    return pattern


def limits_of(limits: Proposals) -> PathPolicy:
    """Return the sizes that the base's settings allow every proposal."""
    return PathPolicy(
        max_files=limits.files,
        max_bytes=limits.total_bytes,
        max_file_bytes=limits.file_bytes,
        max_added_lines=limits.added_lines,
    )


def raised(limits: Proposals) -> list[str]:
    """Return a sentence for each limit that the settings raise above its default."""
    default = Proposals()
    names = ("files", "total_bytes", "file_bytes", "added_lines")
    return [
        f"proposals: {name} is raised from {getattr(default, name)} to {getattr(limits, name)}"
        for name in names
        if getattr(limits, name) > getattr(default, name)
    ]


def text_of(git: Git, old: str, new: str) -> bytes:
    """Return the difference of two trees as the one patch that a record holds of it; `git apply` takes it.

    It names every object in full, so equal patches are the same change of the same files. Binary files are without
    their content: one that is added is refused, one that is removed needs none.
    """
    return git(
        "diff-tree", "-r", "-p", "--full-index", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color",
        "--ignore-submodules=none", "--diff-algorithm=myers", old, new,
    )  # fmt: skip


def proposed(
    stage: Stage, written: Sequence[str], hidden: Collection[str], policy: PathPolicy | None, mask: Callable[[str], str]
) -> Proposal | None:
    """Return what a stage proposes, judged; None where nothing in it changed, or the workflow only reads.

    Args:
        stage: the stage, harvested.
        written: the paths in it that differ from its start.
        hidden: those of them that are no part of a proposal.
        policy: what the workflow may change.
        mask: removes secrets.

    Raises:
        StopError: the stage cannot be read back (`violated`).
    """
    if policy is None or not set(written) - set(hidden):
        return None
    git, tree = stage.workspace.git(), stage.proposal(hidden)
    report = check(git.cwd, stage.tree, tree, policy, redact=mask)
    planted = [path for path in written if path.rpartition("/")[2].casefold() == ".git"]
    reasons = [Reason("dot-git", mask(shown(path)), "a repository was planted in the stage") for path in planted]
    text = text_of(git, stage.tree, tree).decode(errors="surrogateescape")
    masked = mask(text)
    if masked != text and not any(reason.code == "secret" for reason in report.reasons):
        message = "a line beside the change, or one that it removes, holds what looks like a secret"
        reasons.append(Reason("secret", "", f"{message}: the patch cannot be kept"))
    whole = GateReport(
        reasons=[*reasons, *report.reasons], files=report.files, added=report.added, removed=report.removed
    )
    return Proposal(report=whole, patch=masked.encode(errors="surrogateescape"), tree=tree)

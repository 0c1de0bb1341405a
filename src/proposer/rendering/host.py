"""The host's part of a proposal: rendered into the model's, and rendered once more before it is applied."""

import os
from collections.abc import Callable, Mapping

from proposer.errors import Outcome, StopError, UsageError
from proposer.git import Git, shown
from proposer.inputs.subject import changes_between
from proposer.outputs.patch import Proposal, text_of
from proposer.outputs.paths import PathPolicy
from proposer.outputs.proposal import GateReport, Reason, check
from proposer.rendering import adr, module
from proposer.rendering.material import Material, Rendering

__all__ = ["RENDERINGS", "completed", "model_part", "policy_for"]

RENDERINGS: Mapping[str, Rendering] = {"adr": adr.render, "module": module.render}
"""All renderings by the name that a workflow's table gives (`renders`)."""


def completed(
    name: str, material: Material, proposal: Proposal | None, limits: PathPolicy, mask: Callable[[str], str]
) -> Proposal:
    """Return a proposal with the files that the host renders, judged for what they hold.

    Args:
        name: which rendering.
        material: what the run left.
        proposal: what the model wrote, which its gate let pass; None where it wrote nothing.
        limits: sizes that a proposal may have.
        mask: removes secrets.

    Raises:
        StopError: the files cannot be written (`blocked`), or would replace what the model wrote (`violated`).
    """
    try:
        files = RENDERINGS[name](material)
    except UsageError as error:
        raise StopError(Outcome.BLOCKED, f"the host cannot render its part: {error.message}", error.hint) from error
    written = {change.path for change in changes_between(material.git, material.before, material.after)}
    if taken := sorted(written & set(files)):
        raise StopError(Outcome.VIOLATED, f"{shown(taken[0])} is for the host to write", "run again: --fresh")
    tree = _with(material.git, material.after, files)
    report = check(material.git.cwd, material.after, tree, policy_for(files, limits), redact=mask)
    patch = text_of(material.git, material.before, tree).decode(errors="surrogateescape")
    reasons = list(report.reasons)
    if mask(patch) != patch and not reasons:
        reasons.append(Reason("secret", "", "what the host rendered holds what looks like a secret"))
    model = proposal.report if proposal else GateReport()
    whole = GateReport(
        reasons=reasons, files=model.files + report.files, added=model.added + report.added,
        removed=model.removed + report.removed,
    )  # fmt: skip
    return Proposal(
        report=whole,
        patch=mask(patch).encode(errors="surrogateescape"),
        tree=tree,
        host=tuple(sorted(map(shown, files))),
    )


def policy_for(files: Mapping[str, bytes], limits: PathPolicy) -> PathPolicy:
    """Return the policy that lets the host change these files and no others; what they hold is judged all the same."""
    return PathPolicy(
        allowed=tuple(_exactly(path) for path in files),
        protected=(),
        tests="free",  # contracts and settings of checks are what the host wires
        max_files=limits.max_files,
        max_bytes=limits.max_bytes,
        max_file_bytes=limits.max_file_bytes,
        max_added_lines=limits.max_added_lines,
    )


def model_part(git: Git, before: str, after: str, host: Mapping[str, bytes]) -> str:
    """Return the tree `after` without what the host rendered: those paths are as they are in `before`."""
    known = git.tree(before)
    rows = []
    for path in sorted(host):
        entry = known.get(path)
        mode, oid = (entry.mode, entry.oid) if entry else ("0", "0" * len(before))
        rows.append(f"{mode} {oid}\t".encode() + os.fsencode(path) + b"\0")
    return _written(git, after, rows)


def _with(git: Git, tree: str, files: Mapping[str, bytes]) -> str:
    modes = {path: entry.mode for path, entry in git.tree(tree).items()}
    rows = []
    for path, data in sorted(files.items()):
        oid = git.text("hash-object", "-w", "--no-filters", "--stdin", stdin=data)
        rows.append(f"{modes.get(path, '100644')} {oid}\t".encode() + os.fsencode(path) + b"\0")
    return _written(git, tree, rows)


def _written(git: Git, tree: str, rows: list[bytes]) -> str:
    """Return a tree with some entries replaced; the index for that is a file of the store."""
    inside = git.also(GIT_INDEX_FILE=str(git.cwd / "host.index"))
    inside("read-tree", tree)
    inside("update-index", "-z", "--index-info", stdin=b"".join(rows))
    return inside.text("write-tree")


def _exactly(path: str) -> str:
    """Return the pattern of one path; signs of a pattern lose their meaning (gitignore(5))."""
    return "/" + "".join(f"[{sign}]" if sign in "*?[" else sign for sign in path)

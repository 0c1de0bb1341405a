"""Taking a proposal over into the working tree: only one whose record verifies, whose gate said yes, and that fits."""

import re
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proposer import digests, git, regate
from proposer.config import lockfile
from proposer.errors import Outcome, RefusedError
from proposer.git import Git, shown
from proposer.inputs import workspace as workspaces
from proposer.outputs import patch as patches
from proposer.outputs.fit import fitted
from proposer.provenance import heads, record
from proposer.reports.safe import log_line
from proposer.worktree import File, Worktree

__all__ = ["LEDGER_HEAD", "PROVENANCE", "Result", "apply", "trailer"]

PROVENANCE = "provenance"
"""Folder of the statements that are committed with what was applied."""
LEDGER_HEAD = heads.PATH
"""The head of the ledger: committed, it shows a tail that was cut off later."""

_AGAIN = "run the workflow again, and apply that run"
_GOOD = (Outcome.CLEAN, Outcome.FINDINGS)
_PLAIN = re.compile(r"[^A-Za-z0-9._:/-]+")


@dataclass(frozen=True, kw_only=True)
class Result:
    """A proposal that was applied, or (`checked`) that could be. Files are (what happens, path), sorted by path."""

    run: str
    workflow: str
    checked: bool
    files: tuple[tuple[str, str], ...]
    patch: str
    statement: str
    ledger_head: str | None
    trailer: str
    notes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return the JSON form (`proposer/apply/v1`)."""
        return {
            "schema": "proposer/apply/v1", "exit": 0, "run": self.run, "workflow": self.workflow,
            "applied": not self.checked, "files": [list(row) for row in self.files], "statement": self.statement,
            "ledger_head": self.ledger_head, "trailer": self.trailer, "notes": list(self.notes),
        }  # fmt: skip

    def show(self) -> None:
        """Print the proposal, what was done with it, and what a commit of it should say."""
        rows = [*log_line(self.patch).rstrip("\n").split("\n"), ""]
        rows += [f"{what:8} {log_line(path)}" for what, path in self.files]
        count = f"{len(self.files)} file(s)"
        if self.checked:
            rows.append(f"{count}: the record verifies, the gate says yes, and the proposal fits; nothing was changed")
        else:
            rows.append(f"{count} changed, nothing committed; commit them with {self.statement} and this line:")
            rows += ["", self.trailer]
        rows += [f"note: {log_line(note)}" for note in self.notes]
        sys.stdout.write("\n".join(rows) + "\n")


def trailer(model: str, run: str) -> str:
    """Return the line for the message of a commit that holds what a run proposed (git-interpret-trailers(1))."""
    return f"Assisted-by: codex:{_PLAIN.sub('-', model) or 'unknown'} (run {run})"


def apply(folder: Path, run: str, *, check_only: bool = False) -> Result:
    """Apply the proposal of a run to the working tree, or only look whether that can be done; nothing is committed.

    The index is left alone. Files that the proposal does not touch may have changed since the run; those that it
    touches must be, byte for byte, what the run saw.

    Args:
        folder: somewhere inside the repository.
        run: id of the run, or the start of one.
        check_only: change nothing.

    Raises:
        RefusedError: the record does not verify, its gate (asked again) says no, or the proposal does not fit; the
            working tree is what it was before.
        UsageError: there is no such run, or no repository.
    """
    root = git.root_of(folder)
    store = record.Store(root)
    store.check()
    place = store.find(run)
    if problem := next(iter(store.problems(place)), ""):
        raise RefusedError(f"the record of {place.name} does not verify: {shown(problem)}",
                           f"see: inv codex.provenance {place.name} --verify; then {_AGAIN}")  # fmt: skip
    document = store.document(place)
    _judged(document)
    _based(root, document.run.git)
    data = (place / patches.NAME).read_bytes()
    if digests.of_bytes(data) != document.outputs.artifacts_sha256.get(patches.NAME):
        raise RefusedError(f"{patches.NAME} was changed", _AGAIN)
    tree = Worktree(root)
    with workspaces.opened(root) as workspace:
        fit = fitted(workspace, tree, data)
        workflow = regate.ask(root, workspace.git(), fit, document, place)
    statement = f"{PROVENANCE}/{place.name}.statement.json"
    beside = {statement: (tree.read(statement), File(data=(place / record.STATEMENT).read_bytes()))}
    before = tree.read(LEDGER_HEAD)
    head = heads.anchored(before.data.decode(errors="replace") if before else "", store.ledger)
    if head:
        beside[LEDGER_HEAD] = (before, File(data=head.encode()))
    if beside[statement][0] not in (None, beside[statement][1]):
        raise RefusedError(f"{statement} is there already, with another content", "look at it, then remove it")
    if not check_only:
        try:
            tree.put({**fit.files, **beside})
        except OSError as error:
            message = f"the working tree cannot be written: {error.strerror}; nothing was changed"
            raise RefusedError(message, "make room and give its owner the right to write, then run again") from error
    return Result(
        run=place.name,
        workflow=document.run.name,
        checked=check_only,
        files=tuple(sorted((fit.kind(path), shown(path)) for path in fit.files)),
        patch=data.decode(errors="backslashreplace"),
        statement=statement,
        ledger_head=LEDGER_HEAD if head else None,
        trailer=trailer(document.tool.model, place.name),
        notes=(
            *_notes(document, fit.files, has_head=bool(head)),
            *(f"now run: {command}" for command in workflow.then),
        ),
    )


def _judged(document: record.Document) -> None:
    """Refuse a run that proposes nothing, or whose gate or verdict does not let the proposal be used."""
    proposal = document.result.get("proposal")
    if not isinstance(proposal, dict):
        raise RefusedError(f"run {document.run.id} proposes nothing", f"see: inv codex.show {document.run.id}")
    if proposal.get("allowed") is not True:
        reasons = [": ".join(filter(None, map(shown, row))) for row in proposal.get("reasons", [])]
        raise RefusedError(f"the gate refused the proposal: {next(iter(reasons), 'no reason given')}", _AGAIN)
    if document.run.outcome not in [outcome.label for outcome in _GOOD]:
        message = str(document.result.get("message", ""))
        raise RefusedError(f"the run came out as {document.run.outcome}: {message}", f"mend that, then {_AGAIN}")


def _based(root: Path, made: record.GitPart) -> None:
    """Refuse a proposal for another state of the repository than the one that is checked out."""
    user = Git(cwd=root)
    done = user.call("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if done.returncode:
        raise RefusedError("there is no commit here that the proposal could be for", _AGAIN)
    here = done.stdout.decode().strip()
    commit = made.head_sha or made.parent_sha
    same = user.text("rev-parse", "HEAD^{tree}") == made.tree if made.kind == "commit" else here == made.parent_sha
    if not same:
        raise RefusedError(f"the proposal is for {commit[:12]}, and HEAD is {here[:12]}",
                           f"run: git checkout {commit[:12]}, or {_AGAIN}")  # fmt: skip
    if user.call("merge-base", "--is-ancestor", made.base_sha, here).returncode:
        raise RefusedError(f"the base of the run, {made.base_sha[:12]}, is no ancestor of HEAD", _AGAIN)


def _notes(document: record.Document, files: Collection[str], *, has_head: bool) -> Iterator[str]:
    """Yield what somebody who commits this should know."""
    if rendered := document.result["proposal"].get("host", []):
        yield f"the host wrote {len(rendered)} of these files: {', '.join(rendered)}"
    if pinned := sorted(path for path in files if lockfile.is_pinned(path)):
        yield f"{shown(pinned[0])} instructs Codex: run inv codex.lock, and commit codex.lock with it"
    who = document.tool.provider.partition(":")[0]
    if who in ("rehearsal", "cassette"):
        yield f"no model was asked in this run: its provider is {document.tool.provider}"
    if document.run.unlocked:
        yield "the run was made with --unlocked: prompt and settings are not those of codex.lock"
    if not has_head:
        yield f"there is no ledger here, so {LEDGER_HEAD} was left out"

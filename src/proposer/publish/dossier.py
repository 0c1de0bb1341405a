"""A record that may be published: verified down to its statement, about this event's commit, its gate asked again."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from proposer import applying, digests, regate
from proposer.errors import Outcome, RefusedError, UsageError
from proposer.git import Git, shown
from proposer.inputs import workspace as workspaces
from proposer.outputs import patch as patches
from proposer.outputs.answer import Finding
from proposer.outputs.fit import Fit, fitted_to
from proposer.provenance import record
from proposer.publish.event import Event
from proposer.reports.summary import Summary
from proposer.worktree import File

__all__ = ["Change", "Dossier", "belongs", "gated", "read"]

_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_AGAIN = "run the workflow again, and publish that run"
_GOOD = (Outcome.CLEAN, Outcome.FINDINGS)


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """A verified record: where it lies, what it says, and the SHA-256 of its statement."""

    place: Path
    document: record.Document
    summary: Summary
    statement: str

    @property
    def proposes(self) -> bool:
        """Whether it holds a proposal that its gate and its verdict let pass."""
        proposal = self.summary.proposal
        return proposal is not None and proposal.get("allowed") is True and self.summary.outcome in _GOOD


@dataclass(frozen=True, kw_only=True)
class Change:
    """A proposal as a commit on top of what its run looked at: the tree, and what each touched file holds after it.

    The statement of the run is one of the files.
    """

    tree: str
    files: Mapping[str, tuple[File | None, File | None]]


def read(root: Path, run: str, digest: str | None) -> Dossier:
    """Return a record that verifies.

    Args:
        root: top folder of the repository.
        run: id of the run, or the start of one.
        digest: SHA-256 that its statement must have, from the job that made it; None: the ledger here vouches for it.

    Raises:
        UsageError: there is no such run, or the digest is none.
        RefusedError: the record is not what it was when it was made.
    """
    store = record.Store(root)
    store.check()
    wanted = _DIGEST.fullmatch(digest) if digest is not None else None
    if digest is not None and wanted is None:
        raise UsageError(f"--digest {digest[:80]!r} is no SHA-256", "give the one that the job of the run exported")
    place = store.find(run)
    if wanted is None:
        problems = list(store.problems(place))
    else:
        problems = list(store.odd(place)) or [*_swapped(place, wanted[1]), *store.damage(place)]
    if problems:
        raise RefusedError(f"the record of {place.name} does not verify: {shown(problems[0])}", _AGAIN)
    document = store.document(place)
    if document.run.unlocked or document.run.lock_from != "base":
        how = "with --unlocked" if document.run.unlocked else "with the lock of a working tree"
        raise RefusedError(f"run {place.name} was made {how}, not as codex.lock of the base pins it", _AGAIN)
    return Dossier(
        place=place,
        document=document,
        summary=_summary(place, document),
        statement=digests.of_file(place / record.STATEMENT),
    )


def _swapped(place: Path, wanted: str) -> list[str]:
    try:
        found = digests.of_file(place / record.STATEMENT)
    except OSError:
        return [f"{record.STATEMENT} is missing"]
    return [] if found == wanted else [f"its statement is {found[:12]}, the job exported {wanted[:12]}"]


def _summary(place: Path, document: record.Document) -> Summary:
    """Return what the record says, as every report reads it."""
    result, run = dict(document.result), document.run
    try:
        findings = tuple(Finding.model_validate(row) for row in result.pop("findings"))
        more: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in result.items()
        }
        return Summary(
            run=place.name, workflow=run.name, outcome=Outcome.named(run.outcome), findings=findings,
            record=f"{record.FOLDER}/runs/{place.name}", fingerprint=run.fingerprint, provider=_provider(document),
            model=document.tool.model, base=run.git.base_sha, head=run.git.head_sha or run.git.tree, **more,
        )  # fmt: skip
    except (KeyError, TypeError, ValidationError) as error:
        raise RefusedError(f"the result of {place.name} cannot be read: {error!r}"[:300], _AGAIN) from error


def _provider(document: record.Document) -> str:
    source = f":{document.run.replay_of}" if document.run.replay_of else ""
    return f"{document.tool.provider}{source}"


def belongs(document: record.Document, event: Event, git: Git) -> None:
    """Refuse a record about another commit, base or repository than those of the event.

    Raises:
        RefusedError: it is about something else, or that cannot be seen.
    """
    made, repo = document.run.git, document.run.repo
    if repo and event.repository and repo.casefold() != event.repository.casefold():
        raise RefusedError(f"the run is about {shown(repo)}, the event about {event.repository}", _AGAIN)
    if event.pull and made.kind != "commit":
        raise RefusedError(f"the run is about the {made.kind}, not about a commit", "run it with --base and --head")
    commit = made.head_sha or made.parent_sha
    if not event.head or commit != event.head:
        raise RefusedError(
            f"the run is about commit {commit[:12]}, the event about {event.head[:12] or 'none'}", _AGAIN
        )
    if made.kind != "commit" and git.call("rev-parse", f"{commit}^{{tree}}").stdout.decode().strip() != made.tree:
        raise RefusedError(f"the run saw changes that commit {commit[:12]} does not hold", _AGAIN)
    trusted = event.base or event.head
    if made.base_sha != trusted and git.call("merge-base", "--is-ancestor", made.base_sha, trusted).returncode:
        raise RefusedError(
            f"the base of the run, {made.base_sha[:12]}, is not part of the event's, {trusted[:12]}", _AGAIN
        )


def gated(root: Path, dossier: Dossier) -> Change:
    """Try the proposal on the tree that its run looked at, and ask the gate once more; nothing is checked out.

    Raises:
        RefusedError: it does not fit, or the gate says no.
        UsageError: there is no place to try it.
    """
    document, place = dossier.document, dossier.place
    data = (place / patches.NAME).read_bytes()
    if digests.of_bytes(data) != document.outputs.artifacts_sha256.get(patches.NAME):
        raise RefusedError(f"{patches.NAME} was changed", _AGAIN)
    with workspaces.opened(root) as workspace:
        fit = fitted_to(workspace, document.run.git.tree, data)
        if odd := [path for path in fit.files if shown(path) != path]:
            raise RefusedError(f"{shown(odd[0])} is a name that no forge takes", "rename it, then run again")
        git = workspace.git()
        regate.ask(root, git, fit, document, place)
        return _stated(git, workspace.root / "pull.index", fit, dossier)


def _stated(git: Git, index: Path, fit: Fit, dossier: Dossier) -> Change:
    """Add the statement to the proposal, as `inv codex.apply` does."""
    path = f"{applying.PROVENANCE}/{dossier.place.name}.statement.json"
    statement = File(data=(dossier.place / record.STATEMENT).read_bytes())
    inside = git.also(GIT_INDEX_FILE=str(index))
    inside("read-tree", fit.new)
    oid = inside.text("hash-object", "-w", "--no-filters", "--stdin", stdin=statement.data)
    inside("update-index", "-z", "--index-info", stdin=f"100644 {oid}\t".encode() + os.fsencode(path) + b"\0")
    return Change(tree=inside.text("write-tree"), files={**fit.files, path: (None, statement)})

"""Keeping what CI jobs recorded: verifies downloaded records, and appends them to the branch `codex/ledger`.

Nothing of a change is run or checked out here. What does not verify is named and left out; it keeps nobody else's
record from being kept. The branch is written in a working tree of its own; pushing it is the caller's.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from proposer import digests, git
from proposer.errors import EXIT_REFUSED, RefusedError, UsageError
from proposer.git import Git
from proposer.provenance import record, shelf
from proposer.provenance.ledger import Ledger
from proposer.provenance.origin import of as origin_of
from proposer.reports.safe import log_line

__all__ = ["Collection", "collect"]

_LARGEST = 4 * 1024 * 1024
_KEPT = (record.RECORD, record.STATEMENT)
_LEDGER, _RUNS = "ledger", "runs"


@dataclass(frozen=True, kw_only=True)
class Collection:
    """What was kept now, how many runs were kept before, and what was refused: (run, reason)."""

    added: tuple[str, ...]
    known: int
    refused: tuple[tuple[str, str], ...]

    @property
    def exit_code(self) -> int:
        """7 where a record does not verify."""
        return EXIT_REFUSED if self.refused else 0

    def document(self) -> dict[str, Any]:
        """Return the JSON form (`proposer/collection/v1`)."""
        return {"schema": "proposer/collection/v1", "exit": self.exit_code, "added": list(self.added),
                "known": self.known,
                "refused": [{"run": run, "reason": reason} for run, reason in self.refused]}  # fmt: skip

    def show(self) -> None:
        """Print it for people."""
        for run, reason in self.refused:
            sys.stdout.write(f"! {' '.join(log_line(f'{run}: {reason}').split())}\n")
        sys.stdout.write(f"{len(self.added)} records were added to {shelf.BRANCH}, {self.known} were there\n")
        if self.refused:
            sys.stderr.write("error: records that jobs uploaded do not verify\n  look at the jobs that made them\n")


def collect(folder: Path, downloads: Path, into: Path, *, environment: Mapping[str, str], now: datetime) -> Collection:
    """Verify all records below a folder, and commit what is new of them to the branch's working tree.

    Args:
        folder: in the repository.
        downloads: artifacts as they were downloaded: `JOB/ARTIFACT/{ledger,runs/RUN/}`, JOB being the id of the
            workflow run that uploaded them.
        into: folder that does not exist yet; it becomes a working tree with the branch's newest commit, detached.
        environment: of the job; where it names a repository, records must be of it.
        now: time of the commit.

    Raises:
        UsageError: a folder cannot be used.
        RefusedError: what the branch holds does not verify; nothing is added to it.
    """
    root = git.root_of(folder)
    if into.exists():
        raise UsageError(f"{into} exists", "name a folder that does not exist yet")
    if not downloads.is_dir():
        raise UsageError(f"{downloads} is not a folder", "download the records first")
    _branch_out(Git(cwd=root), into, now)
    ledger = Ledger(into / _LEDGER)
    known = _whole(into, ledger)
    repository = origin_of(environment).repo
    added, refused = list[str](), list[tuple[str, str]]()
    for run, place in sorted(_found(downloads), key=lambda row: (row[0], str(row[1]))):
        if reason := _fault(place, repository):
            refused.append((run, reason))
        elif run in known:
            if known[run] != digests.of_file(place / record.STATEMENT):
                refused.append((run, "another record of this run was kept before"))
        else:
            known[run] = _keep(place, into / _RUNS / run, ledger)
            added.append(run)
    if added:
        here = _dated(into, now)
        here("add", "--", _LEDGER, _RUNS)
        here("commit", "-q", "--no-verify", "--no-gpg-sign", "-m", f"Keep {len(added)} records")
    return Collection(added=tuple(added), known=len(known) - len(added), refused=tuple(refused))


def _dated(folder: Path, now: datetime) -> Git:
    date = f"@{int(now.timestamp())} +0000"
    return Git(cwd=folder).also(GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date)


def _branch_out(repository: Git, into: Path, now: datetime) -> None:
    """Make the working tree: of the branch as the remote has it, or of a new one without history."""
    done = repository.call("rev-parse", "--verify", "--quiet", f"{shelf.REFERENCE}^{{commit}}")
    tip = done.stdout.decode().strip()
    if done.returncode:
        empty = repository.text("mktree", stdin=b"")
        tip = _dated(repository.cwd, now).text("commit-tree", empty, "-m", "Start the ledger of CI's records")
    repository("worktree", "add", "-q", "--detach", str(into.absolute()), tip)


def _whole(into: Path, ledger: Ledger) -> dict[str, str]:
    """Return the SHA-256 of each kept statement by run, after checking all of the branch.

    Raises:
        RefusedError: something in it is not as it was put there.
    """
    ledger.verify()
    leaves = [line.leaf for line in ledger.lines()]
    known = dict[str, str]()
    for place in record.Store.below(into / _RUNS):
        fault = next(record.Store.odd(place), "") or next(record.Store.headed(place), "")
        digest = "" if fault else digests.of_file(place / record.STATEMENT)
        if fault or digest not in leaves:
            raise RefusedError(f"{shelf.BRANCH}: {place.name}: {fault or 'its statement is not in the ledger'}",
                               f"look at who pushed to {shelf.BRANCH}, and put its last good commit back")  # fmt: skip
        known[place.name] = digest
    if sorted(leaves) != sorted(known.values()):
        raise RefusedError(f"{shelf.BRANCH}: the ledger names {len(leaves)} statements, {len(known)} are there",
                           f"look at who pushed to {shelf.BRANCH}, and put its last good commit back")  # fmt: skip
    return known


def _found(downloads: Path) -> Iterator[tuple[str, Path]]:
    for runs in sorted(downloads.glob(f"*/*/{_RUNS}")):
        if runs.is_dir() and not any(path.is_symlink() for path in (runs, runs.parent, runs.parent.parent)):
            yield from ((place.name, place) for place in record.Store.below(runs) if place.is_dir())


def _fault(place: Path, repository: str | None) -> str:
    """Return why a downloaded record is not kept; empty: it is whole, and of the job that uploaded it."""
    try:
        return next(_faults(place, repository), "")
    except (RefusedError, OSError) as error:
        return str(error)


def _faults(place: Path, repository: str | None) -> Iterator[str]:
    store, artifact = record.Store(place), place.parent.parent
    yield from store.odd(place)
    if any((place / name).stat().st_size > _LARGEST for name in _KEPT):
        yield f"it is larger than {_LARGEST} bytes"
    yield from store.damage(place)
    ledger = Ledger(artifact / _LEDGER)
    ledger.verify()
    if not ledger.holds((place / record.STATEMENT).read_bytes()):
        yield "its statement is not in the ledger that was uploaded with it"
    made = store.document(place).run
    if made.job_id != artifact.parent.name:
        yield f"it says that job {made.job_id} made it, and job {artifact.parent.name} uploaded it"
    if repository is not None and made.repo != repository:
        yield f"it is of the repository {made.repo}"


def _keep(place: Path, target: Path, ledger: Ledger) -> str:
    statement = (place / record.STATEMENT).read_bytes()
    target.mkdir(parents=True)
    for name in _KEPT:
        (target / name).write_bytes((place / name).read_bytes())
    ledger.append(statement)
    return digests.of_bytes(statement)

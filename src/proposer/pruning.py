"""Pruning records: their payload goes, their statements stay, and the ledger can prove both."""

import contextlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from proposer import claims, digests, git
from proposer.archive.index import Index
from proposer.errors import RefusedError
from proposer.provenance import record
from proposer.provenance.pruned import Pruned

__all__ = ["Pruning", "prune"]

_GOING = "removed-"


@dataclass(frozen=True, kw_only=True)
class Pruning:
    """What was pruned, or would be: runs, bytes, and the runs that were left with the reason."""

    runs: tuple[str, ...]
    size: int
    left: tuple[tuple[str, str], ...]
    dry: bool

    def document(self) -> dict[str, Any]:
        """Return the JSON form (`proposer/pruning/v1`)."""
        return {"schema": "proposer/pruning/v1", "exit": 0, "pruned": list(self.runs), "bytes": self.size,
                "dry_run": self.dry, "left": [{"run": run, "reason": why} for run, why in self.left]}  # fmt: skip

    def show(self) -> None:
        """Print it for people."""
        sys.stdout.writelines(f"left {run}: {why}\n" for run, why in self.left)
        verb = "would be pruned" if self.dry else "were pruned"
        sys.stdout.write(f"{len(self.runs)} records {verb}, {self.size / 1e6:.1f} MB; their statements stay\n")


def prune(
    folder: Path, *, days: float, now: datetime, by: str, dry: bool = False, on_step: Callable[[str], None] = print
) -> Pruning:
    """Remove the payload of records that are older than some days and verify.

    First the index takes down what metrics count, then a tombstone with their names goes to disk and into the ledger,
    then one record after the other leaves. What a crash interrupts, the next pruning goes on with. A record that does
    not verify stays: it is evidence of something.

    Args:
        folder: somewhere inside the repository.
        days: age, by the run's id.
        now: with a time zone (UTC).
        by: kind of machine.
        dry: only say what would be pruned.
        on_step: gets a line for each stage of the work.

    Raises:
        UsageError: no repository, or the records could come from anybody.
        RefusedError: the ledger does not verify.
    """
    store = record.Store(git.root_of(folder))
    store.check()
    store.ledger.verify()
    pruned = Pruned(store.folder)
    bound = f"{now - timedelta(days=days):%Y%m%dT%H%M%S}"
    buried = {run for _, tombstone in pruned.look().tombstones.values() for run in tombstone.leaves}
    chosen, left = list[tuple[str, str, Path]](), list[tuple[str, str]]()
    for place in store.places():
        if place.name[: len(bound)] > bound and place.name not in buried:
            continue
        try:
            problem = next(store.problems(place), "")
        except RefusedError as error:
            problem = error.message
        if problem and place.name not in buried:
            left.append((place.name, problem))
        else:
            leaf = digests.of_file(place / record.STATEMENT)
            chosen.append((place.name, leaf, place))
    size = sum(path.stat().st_size for *_, place in chosen for path in place.iterdir())
    made = Pruning(runs=tuple(run for run, *_ in chosen), size=size, left=tuple(left), dry=dry)
    if dry or not chosen:
        return made
    on_step(f"{len(chosen)} records to prune")
    Index(store).refresh()
    if fresh := [(run, leaf) for run, leaf, _ in chosen if run not in buried]:
        pruned.bury(record.new_id(now), fresh, now.isoformat(timespec="seconds"), by, store.ledger)
    for run, _, place in chosen:
        _remove(pruned, run, place)
    for path in pruned.folder.glob(f"{_GOING}*"):
        claims.remove(path)
    return made


def _remove(pruned: Pruned, run: str, place: Path) -> None:
    """Keep the statement, then take the folder away at once, then its files."""
    pruned.put(pruned.statement(run), (place / record.STATEMENT).read_bytes())
    with contextlib.suppress(FileNotFoundError):
        pruned.put(pruned.envelope(run), (place / record.ENVELOPE).read_bytes())
    going = pruned.folder / f"{_GOING}{run}"
    place.rename(going)
    claims.remove(going)

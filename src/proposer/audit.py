"""Checking all records of a repository at once: files, statements, the ledger, and the heads that were committed."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from proposer import digests, git
from proposer.archive.index import Index
from proposer.errors import EXIT_REFUSED, RefusedError, UsageError
from proposer.provenance import heads, record
from proposer.provenance.anchors import Vouched, signed_path, vouched
from proposer.provenance.ledger import Head
from proposer.provenance.pruned import Pruned
from proposer.reports.safe import log_line
from proposer.worktree import File, Worktree

__all__ = ["Audit", "Row", "examine", "sign_head"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One record: what it came to, and one sentence for each thing that is wrong with it."""

    run: str
    workflow: str
    outcome: str
    problems: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Audit:
    """All records and their ledger.

    Attributes:
        rows: the records, oldest first.
        head: size and root of the ledger; None where it cannot be read.
        pruned: records of which only the statement was kept, as a tombstone in the ledger says.
        gone: statements in the ledger whose record is not here any more, and nothing says why.
        anchors: heads in the working tree and in commits.
        problems: what is wrong with the ledger, its heads or the folder of records.
        files: whether every file of every record was read.
    """

    rows: tuple[Row, ...]
    head: Head | None
    pruned: int
    gone: int
    anchors: Vouched
    problems: tuple[str, ...]
    files: bool = True

    @property
    def damaged(self) -> tuple[Row, ...]:
        """The records that do not verify."""
        return tuple(row for row in self.rows if row.problems)

    @property
    def exit_code(self) -> int:
        """7 where anything does not verify."""
        return EXIT_REFUSED if self.problems or self.damaged else 0

    def document(self) -> dict[str, Any]:
        """Return the JSON form (`proposer/audit/v1`)."""
        return {
            "schema": "proposer/audit/v1", "exit": self.exit_code, "records": len(self.rows),
            "pruned": self.pruned, "gone": self.gone,
            "files_read": self.files,
            "ledger": {"size": self.head.size, "root": f"sha256:{self.head.root}"} if self.head else None,
            "anchors": {"of_this_ledger": self.anchors.ours, "of_others": self.anchors.others},
            "signed": [{"key": key, "size": size} for key, size in sorted(self.anchors.signed.items())],
            "problems": list(self.problems),
            "damaged": [{"run": row.run, "problems": list(row.problems)} for row in self.damaged],
        }  # fmt: skip

    def show(self) -> None:
        """Print it for people."""
        for problem in self.problems:
            sys.stdout.write(f"! {_plain(problem)}\n")
        for row in self.damaged:
            sys.stdout.writelines(f"! {row.run}: {_plain(problem)}\n" for problem in row.problems)
        if self.head:
            sys.stdout.write(f"ledger: {self.head.size} statements, root {self.head.root}\n")
        sys.stdout.write(f"records: {len(self.rows)} here, {len(self.damaged)} of them damaged, "
                         f"{self.pruned} pruned, {self.gone} gone\n")  # fmt: skip
        if not self.files:
            sys.stdout.write("looked at record.json and statement.json of each; every file is read by: --verify\n")
        ours, others = self.anchors.ours, self.anchors.others
        sys.stdout.write(f"committed heads: {ours} of this ledger, {others} of other clones' ledgers\n")
        sys.stdout.writelines(f"its first {size} statements were signed by {key}\n"
                              for key, size in sorted(self.anchors.signed.items()))  # fmt: skip
        if self.exit_code:
            sys.stderr.write("error: records or ledger do not verify\n"
                             "  do not rely on what is named above; restore .proposer from a copy\n")  # fmt: skip


def examine(folder: Path, *, files: bool = True) -> Audit:
    """Check every record, the ledger, and that the ledger grew from each of its committed heads.

    Args:
        folder: somewhere inside the repository.
        files: read every file of every record; otherwise records whose record.json and statement.json are what they
            were when they were read last are taken from the index.

    Raises:
        UsageError: no repository, or the records could come from anybody.
    """
    root = git.root_of(folder)
    store = record.Store(root)
    store.check()
    problems, leaves, head = list[str](), frozenset[str](), None
    try:
        store.ledger.verify()
        leaves, head = frozenset(line.leaf for line in store.ledger.lines()), store.ledger.head()
    except RefusedError as error:
        problems.append(error.message)
    rows, held = list[Row](), set[str]()
    for row, leaf in _each(store, leaves) if files else _indexed(store, leaves):
        rows.append(row)
        held.add(leaf)
    anchors = Vouched(ours=0, others=0, signed={}, problems=())
    if head is not None:
        anchors = vouched(root, store.ledger)
        problems += anchors.problems
    kept = Pruned(store.folder)
    found = kept.look()
    problems += kept.faults(leaves) if head is not None else ()
    buried = {*found.statements.values(), *(leaf for leaf, _ in found.tombstones.values())}
    return Audit(rows=tuple(rows), head=head, pruned=len(found.statements), gone=len(leaves - held - buried),
                 anchors=anchors, problems=tuple(problems), files=files)  # fmt: skip


def sign_head(folder: Path, environment: Mapping[str, str], now: datetime) -> tuple[str, str]:
    """Write the head of the ledger as it is now, plain and signed, to be committed; return both paths.

    Args:
        folder: somewhere inside the repository.
        environment: says where the key is.
        now: with a time zone (UTC).

    Raises:
        RefusedError: the ledger does not verify or lost what a head says it had, the key is not this user's alone, or
            something is in the way of the files.
        UsageError: no repository, nothing to sign yet, the records could come from anybody, or the key cannot be kept.
    """
    from proposer.provenance import signed_head, signing  # noqa: PLC0415 - cryptography takes its time to load

    root = git.root_of(folder)
    store = record.Store(root)
    store.check()
    store.ledger.verify()
    if (anchor := heads.of(store.ledger)) is None:
        raise UsageError("the ledger is empty", "run: inv codex.review")
    if problem := next(iter(vouched(root, store.ledger).problems), ""):
        raise RefusedError(problem, "see: inv codex.audit --verify")
    tree, path = Worktree(root), signed_path(anchor.origin)
    before, signed = tree.read(heads.PATH), tree.read(path)
    text = heads.anchored(before.data.decode(errors="replace") if before else "", store.ledger)
    sealed = signed_head.sign(anchor, now, signing.signer(environment))
    tree.put({heads.PATH: (before, File(data=text.encode())), path: (signed, File(data=sealed))})
    return heads.PATH, path


def _each(store: record.Store, leaves: frozenset[str]) -> Iterator[tuple[Row, str]]:
    for place in store.places():
        yield _row(store, place, leaves)


def _indexed(store: record.Store, leaves: frozenset[str]) -> Iterator[tuple[Row, str]]:
    """Yield what the index knows of each record that is here, and the leaf of its statement."""
    index = Index(store)
    survey = index.refresh()
    here, broken = set(survey.here), set(survey.broken)
    for run, why in survey.unreadable.items():
        yield Row(run=run, workflow="", outcome="", problems=(why,)), survey.leaves.get(run, "")
    for entry in index.entries():
        if entry.run not in here or entry.run in survey.unreadable:
            continue
        problems = [f"{record.STATEMENT} is not in the ledger"] if entry.leaf not in leaves else []
        problems += [f"{record.RECORD} is not the one that the statement names"] if entry.run in broken else []
        yield Row(run=entry.run, workflow=entry.workflow, outcome=entry.outcome, problems=tuple(problems)), entry.leaf


def _row(store: record.Store, place: Path, leaves: frozenset[str]) -> tuple[Row, str]:
    """Return what is to be said of a record, and the leaf of its statement."""
    problems, leaf = list(store.odd(place)), ""
    try:
        if not problems:
            statement = place / record.STATEMENT
            leaf = digests.of_file(statement) if statement.is_file() else ""
            if leaf and leaf not in leaves:
                problems.append(f"{record.STATEMENT} is not in the ledger")
            problems += store.damage(place)
        made = store.document(place).run
    except (OSError, RefusedError) as error:
        problems = problems or [str(error)]
        return Row(run=place.name, workflow="", outcome="", problems=tuple(problems)), leaf
    return Row(run=place.name, workflow=made.name, outcome=made.outcome, problems=tuple(problems)), leaf


def _plain(text: str) -> str:
    return " ".join(log_line(text).split())

"""Checking all records of a repository at once: files, statements, the ledger, and the heads that were committed."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proposer import digests, git
from proposer.archive.index import Index
from proposer.errors import EXIT_REFUSED, RefusedError
from proposer.git import Git
from proposer.provenance import heads, record
from proposer.provenance.ledger import Head
from proposer.provenance.pruned import Pruned
from proposer.reports.safe import log_line

__all__ = ["Audit", "Row", "examine"]


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
        anchors: committed heads that are of this ledger, and of others.
        problems: what is wrong with the ledger, its heads or the folder of records.
        files: whether every file of every record was read.
    """

    rows: tuple[Row, ...]
    head: Head | None
    pruned: int
    gone: int
    anchors: tuple[int, int]
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
            "anchors": {"of_this_ledger": self.anchors[0], "of_others": self.anchors[1]},
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
        ours, others = self.anchors
        if not self.files:
            sys.stdout.write("looked at record.json and statement.json of each; every file is read by: --verify\n")
        sys.stdout.write(f"committed heads: {ours} of this ledger, {others} of other clones' ledgers\n")
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
    anchors = (0, 0)
    if head is not None:
        try:
            anchors = _anchors(root, store)
        except RefusedError as error:
            problems.append(error.message)
    kept = Pruned(store.folder)
    found = kept.look()
    problems += kept.faults(leaves) if head is not None else ()
    buried = {*found.statements.values(), *(leaf for leaf, _ in found.tombstones.values())}
    return Audit(rows=tuple(rows), head=head, pruned=len(found.statements), gone=len(leaves - held - buried),
                 anchors=anchors, problems=tuple(problems), files=files)  # fmt: skip


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


def _anchors(root: Path, store: record.Store) -> tuple[int, int]:
    """Return how many heads of this and of other ledgers HEAD's commit and the working tree hold.

    Raises:
        RefusedError: a head of this ledger does not fit it, or a file of heads cannot be read.
    """
    first = next(store.ledger.lines(), None)
    ours, others = set[str](), set[str]()
    for where, text in _texts(root):
        found = heads.read(text)
        if heads.broken(found.values(), store.ledger):
            raise RefusedError(f"the ledger lost what {heads.PATH} {where} says it had",
                               "restore .proposer/ledger from a copy")  # fmt: skip
        for origin in found:
            (ours if first and origin == first.chain else others).add(origin)
    return len(ours), len(others)


def _texts(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the files of heads: the committed one, which nobody changes unseen, and the one that lies here."""
    done = Git(cwd=root).call("show", f"HEAD:{heads.PATH}")
    if not done.returncode:
        yield "of HEAD", done.stdout.decode(errors="replace")
    path = root / heads.PATH
    if path.is_file() and not path.is_symlink():
        yield "in the working tree", path.read_text(encoding="utf-8", errors="replace")


def _plain(text: str) -> str:
    return " ".join(log_line(text).split())

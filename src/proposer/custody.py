"""Showing and verifying the record of a run."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proposer import git
from proposer.errors import EXIT_REFUSED, RefusedError
from proposer.provenance import record
from proposer.reports.safe import log_line

__all__ = ["Result", "show", "verify"]


@dataclass(frozen=True, kw_only=True)
class Result:
    """The provenance of a run, or what its verification found."""

    run: str
    verified: bool | None
    problems: tuple[str, ...] = ()
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """7 where the record does not verify."""
        return EXIT_REFUSED if self.verified is False else 0

    def document(self) -> dict[str, Any]:
        """Return the JSON form (`proposer/provenance/v1`)."""
        return {"schema": "proposer/provenance/v1", "run": self.run, "verified": self.verified, "exit": self.exit_code,
                "problems": list(self.problems), "provenance": self.provenance}  # fmt: skip

    def show(self) -> None:
        """Print it for people."""
        if self.verified is False:
            for problem in self.problems:
                sys.stdout.write(f"! {_plain(problem)}\n")
            sys.stderr.write(
                f"error: the record of {self.run} does not verify\n  do not rely on it; run again: --fresh\n"
            )
            return
        for part in ("tool", "run", "inputs", "policy"):
            sys.stdout.write(f"{part}\n")
            for key, value in self.provenance.get(part, {}).items():
                sys.stdout.write(f"  {key:22} {_plain(value)}\n")
        if self.verified:
            files = len(self.provenance["outputs"]["artifacts_sha256"])
            sys.stdout.write(f"verified: {files} files, record, statement and ledger agree\n")


def show(folder: Path, run: str) -> Result:
    """Return the provenance of a run as its record tells it, unverified.

    Raises:
        UsageError: there is no such run, or the records could come from anybody.
        RefusedError: the record cannot be read.
    """
    store = _store(folder)
    place = store.find(run)
    return Result(run=place.name, verified=None, provenance=store.document(place).model_dump(mode="json"))


def verify(folder: Path, run: str) -> Result:
    """Check a record down to the ledger.

    Raises:
        UsageError: there is no such run, or the records could come from anybody.
    """
    store = _store(folder)
    place = store.find(run)
    try:
        problems = tuple(store.problems(place))
        document = store.document(place).model_dump(mode="json") if not problems else {}
    except RefusedError as error:
        problems, document = (error.message,), {}
    return Result(run=place.name, verified=not problems, problems=problems, provenance=document)


def _store(folder: Path) -> record.Store:
    """Return the records of a repository; those that a commit brought along vouch for nothing."""
    store = record.Store(git.root_of(folder))
    store.check()
    return store


def _plain(value: Any) -> str:
    """Return a value of a record as one harmless line: a record may come from anybody."""
    if isinstance(value, dict):
        value = ", ".join(f"{key} {item}" for key, item in value.items() if item)
    return "-" if value in (None, "", []) else " ".join(log_line(str(value)).split())

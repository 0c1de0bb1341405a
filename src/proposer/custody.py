"""Showing, verifying and signing the record of a run."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from proposer import digests, git
from proposer.errors import EXIT_REFUSED, RefusedError, UsageError
from proposer.git import Git
from proposer.provenance import abroad, record, statement
from proposer.provenance.policy import VerificationPolicy
from proposer.provenance.pruned import FOLDER as PRUNED
from proposer.provenance.pruned import Pruned
from proposer.reports.safe import log_line

__all__ = ["Result", "export", "show", "sign", "verify"]


@dataclass(frozen=True, kw_only=True)
class Result:
    """The provenance of a run, or what its verification found.

    `signed_by` are the public keys whose signatures fit; `notes` say what could not be checked.
    """

    run: str
    verified: bool | None
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    signed_by: tuple[str, ...] = ()
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """7 where the record does not verify."""
        return EXIT_REFUSED if self.verified is False else 0

    def document(self) -> dict[str, Any]:
        """Return the JSON form (`proposer/provenance/v1`)."""
        return {"schema": "proposer/provenance/v1", "run": self.run, "verified": self.verified, "exit": self.exit_code,
                "problems": list(self.problems), "notes": list(self.notes), "signed_by": list(self.signed_by),
                "provenance": self.provenance}  # fmt: skip

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
        sys.stdout.writelines(f"signed by {key}\n" for key in self.signed_by)
        sys.stdout.writelines(f"note: {_plain(note)}\n" for note in self.notes)
        if self.verified and self.provenance:
            files = len(self.provenance["outputs"]["artifacts_sha256"])
            agree = "record and statement" if self.notes else "record, statement and ledger"
            sys.stdout.write(f"verified: {files} files, {agree} agree\n")


def show(folder: Path, run: str) -> Result:
    """Return the provenance of a run as its record tells it, unverified.

    Raises:
        UsageError: there is no such run, or the records could come from anybody.
        RefusedError: the record cannot be read.
    """
    store, place, _ = _found(folder, run)
    return Result(run=place.name, verified=None, provenance=store.document(place).model_dump(mode="json"))


def verify(folder: Path, run: str, *, policy: VerificationPolicy | None = None, now: datetime | None = None) -> Result:
    """Check a record: here down to the ledger, elsewhere down to its statement and what this repository knows of it.

    Args:
        folder: somewhere inside the repository.
        run: id of a run, the unambiguous start of one, or the folder of a record that came from elsewhere.
        policy: what else is asked of it.
        now: with a time zone; needed with a policy.

    Raises:
        UsageError: there is no such run, or the records could come from anybody.
    """
    if (left := _pruned(folder, run, policy, now)) is not None:
        return left
    store, place, here = _found(folder, run)
    problems, notes, keys, document = list[str](), list[str](), tuple[str, ...](), dict[str, Any]()
    named = place.name
    try:
        problems += store.problems(place) if here else [*store.odd(place)] or [*store.damage(place)]
        if not problems:
            stated = statement.read((place / record.STATEMENT).read_bytes())
            keys = store.signatures(place)
            read = store.document(place)
            problems += statement.strayed(stated, read, digests.of_file(place / record.RECORD))
            problems += policy.faults(stated, keys, now) if policy and now else ()
            if not here:
                named = stated.predicate.run_details.metadata.invocation_id
                for fault, note in abroad.known(Git(cwd=store.root), place, stated):
                    problems += [fault] if fault else []
                    notes += [note] if note else []
            document = read.model_dump(mode="json")
    except RefusedError as error:
        problems.append(error.message)
    return Result(run=named, verified=not problems, problems=tuple(problems), notes=tuple(notes), signed_by=keys,
                  provenance=document if not problems else {})  # fmt: skip


def sign(folder: Path, run: str, environment: Mapping[str, str]) -> Result:
    """Sign the statement of a record that verifies, and write the envelope beside it.

    Raises:
        UsageError: there is no such run here, or the key cannot be kept.
        RefusedError: the key is not this user's alone.
    """
    from proposer.provenance import envelope, signing  # noqa: PLC0415 - cryptography takes its time to load

    result = verify(folder, run)
    if not result.verified:
        return result
    store, place, here = _found(folder, run)
    if not here:
        raise UsageError(f"{place.name} is of another clone", "sign records where they were made")
    target, text = place / record.ENVELOPE, (place / record.STATEMENT).read_bytes()
    known = target.read_bytes() if target.exists() else None
    sealed = envelope.seal(text, envelope.STATEMENT, signing.signer(environment, outside=store.root), known)
    draft = store.folder / f"envelope-{os.getpid()}"
    draft.write_bytes(sealed)
    draft.replace(target)
    return verify(folder, run)


def export(folder: Path, environment: Mapping[str, str], target: Path) -> None:
    """Write the public half of this user's key as PEM, which a policy takes, and `openssl` too.

    Raises:
        UsageError: the file or the key cannot be written, or the key would lie in the repository around `folder`.
        RefusedError: the key is not this user's alone.
    """
    from proposer.provenance import envelope, signing  # noqa: PLC0415 - cryptography takes its time to load

    text = envelope.pem_of(signing.signer(environment, outside=git.root_of(folder)).public_key.keyid)
    try:
        target.write_text(text, encoding="ascii")
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}", "name another place") from error


def _found(folder: Path, run: str) -> tuple[record.Store, Path, bool]:
    """Return the records of the repository, the folder of a record, and whether it is one of them.

    Those that a commit brought along vouch for nothing.
    """
    store = record.Store(git.root_of(folder))
    named = folder / run
    path = os.sep in run or run == os.curdir or not any(name.startswith(run) for name in store.names())
    if run and path and named.is_dir() and any(os.path.lexists(named / name) for name in record.HEADED):
        place = named.resolve()
        if place.parent != store.runs.resolve():
            return store, place, False
        run = place.name
    store.check()
    return store, store.find(run), True


def _pruned(folder: Path, run: str, policy: VerificationPolicy | None, now: datetime | None) -> Result | None:
    """Return what can be said of a run whose record was pruned; None where it was not."""
    store = record.Store(git.root_of(folder))
    kept = Pruned(store.folder)
    names = [name for name in kept.look().statements if run and name.startswith(run)]
    if len(names) != 1 or any(name.startswith(run) for name in store.names()):
        return None
    store.check()
    keys = tuple[str, ...]()
    try:
        store.ledger.verify()
        problems = list(kept.faults(frozenset(line.leaf for line in store.ledger.lines())))
        stated = statement.read(kept.statement(names[0]).read_bytes())
        keys = record.signed_by(kept.statement(names[0]), kept.envelope(names[0]))
        problems += policy.faults(stated, keys, now) if policy and now else ()
    except RefusedError as error:
        problems = [error.message]
    note = f"its files were pruned; its statement stays in .proposer/{PRUNED}, and is in the ledger"
    return Result(
        run=names[0], verified=not problems, problems=tuple(problems), notes=(note,), signed_by=keys
    )  # fmt: skip


def _plain(value: Any) -> str:
    """Return a value of a record as one harmless line: a record may come from anybody."""
    if isinstance(value, dict):
        value = ", ".join(f"{key} {item}" for key, item in value.items() if item)
    return "-" if value in (None, "", []) else " ".join(log_line(str(value)).split())

"""The record of a run: a folder that is complete or not there, and whose files are all accounted for."""

import contextlib
import errno
import glob
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from proposer import claims, digests
from proposer.errors import Outcome, RefusedError, UsageError
from proposer.git import Git
from proposer.provenance.document import Document, GitPart, Inputs, Outputs, Policy, Run, Tool
from proposer.provenance.ledger import Ledger

__all__ = [
    "ENVELOPE",
    "FOLDER",
    "HEADED",
    "RECORD",
    "STATEMENT",
    "Document",
    "Draft",
    "GitPart",
    "Inputs",
    "Outputs",
    "Policy",
    "Run",
    "Store",
    "Tool",
    "new_id",
    "signed_by",
]

FOLDER = ".proposer"
RECORD, STATEMENT, ENVELOPE = "record.json", "statement.json", "statement.dsse.json"
HEADED = (RECORD, STATEMENT, ENVELOPE)
"""The files that no record lists; one of them is enough to tell a folder that was one."""
_UNLISTED = frozenset(HEADED)
_INDEX = "fingerprints"
_DRAFT = "draft-"
_MASKED = b"[REDACTED:"
_ID = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")


def new_id(now: datetime) -> str:
    """Return a run id: the time (UTC) to 1/256 s, so that names sort by it, and 24 random bits."""
    return f"{now:%Y%m%dT%H%M%SZ}-{now.microsecond * 256 // 1_000_000:02x}{secrets.token_hex(3)}"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A record in the making; nothing of it is in place before `Store.keep`."""

    id: str
    claim: claims.Claim
    redact: Callable[[str], str]

    @property
    def folder(self) -> Path:
        """The folder of the draft."""
        return self.claim.path

    def write(self, name: str, text: str) -> None:
        """Write a text file, redacted."""
        (self.folder / name).write_text(self.redact(text), encoding="utf-8", errors="replace")

    def artifacts(self) -> dict[str, str]:
        """Return the SHA-256 of each file by name."""
        return {
            path.name: digests.of_file(path)
            for path in sorted(self.folder.iterdir())
            if path.name not in _UNLISTED and path.is_file()
        }

    def redactions(self) -> int:
        """Return how many values are masked in the files: a mark for each."""
        count = 0
        for path in self.folder.iterdir():
            with path.open("rb") as stream:
                count += sum(line.count(_MASKED) for line in stream)
        return count


class Store:
    """All records of one repository, below `.proposer/` (which ignores itself)."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / FOLDER
        self.runs = self.folder / "runs"
        self.ledger = Ledger(self.folder / "ledger")

    def check(self) -> None:
        """Refuse a `.proposer` that a change could have brought: a link, a file, or one that git tracks.

        Raises:
            UsageError: it cannot be trusted to be this library's own folder.
        """
        for path in (self.folder, self.runs, self.folder / _INDEX):
            if path.is_symlink() or (path.exists() and not path.is_dir()):
                name = path.relative_to(self.root)
                raise UsageError(f"{name} is not a folder of this repository", f"look at it, then remove it: rm {name}")
        if Git(cwd=self.root)("ls-files", "-z", "--", f":(top,icase){FOLDER}"):
            raise UsageError(f"{FOLDER} is tracked by git, so records in it could come from anybody",
                             f"run: git rm -r -q --cached {FOLDER}, and commit that")  # fmt: skip

    def check_ledger(self) -> None:
        """Refuse a ledger that takes no further line, before anything is paid for.

        Raises:
            UsageError: its last line is damaged, or it is not a regular file.
        """
        try:
            self.ledger.tail()
        except RefusedError as error:
            raise UsageError(error.message, error.hint) from error

    def draft(self, identifier: str, redact: Callable[[str], str]) -> Draft:
        """Make the temporary folder of a new record; drafts of killed runs are removed.

        Raises:
            UsageError: the repository's folder cannot be written.
        """
        try:
            self.runs.mkdir(parents=True, exist_ok=True, mode=0o700)
            with contextlib.suppress(FileExistsError), (self.folder / ".gitignore").open("x", encoding="ascii") as file:
                file.write("*\n")
            claims.sweep(self.folder, _DRAFT)
            claim = claims.claim(self.folder, _DRAFT, identifier)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise UsageError(f"{FOLDER} cannot be written: {error.strerror}",
                             "make the repository's folder writable, or work in a copy of it") from error  # fmt: skip
        return Draft(id=identifier, claim=claim, redact=redact)

    def keep(
        self, draft: Draft, document: Document, statement: Callable[[str], bytes], *, reusable: bool = True
    ) -> Path:
        """Put a record in place: its document, its statement, then the folder at once, then the ledger.

        Args:
            draft: the files.
            document: record.json.
            statement: makes the statement's bytes from the SHA-256 of record.json.
            reusable: whether a later run with the same fingerprint may take this one instead.

        Returns:
            The folder of the record.
        """
        data = json.dumps(document.model_dump(mode="json"), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        (draft.folder / RECORD).write_text(data, encoding="utf-8")
        text = statement(digests.of_bytes(data.encode()))
        (draft.folder / STATEMENT).write_bytes(text)
        for path in draft.folder.iterdir():
            descriptor = os.open(path, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
        target = self.runs / draft.id
        draft.folder.rename(target)
        draft.claim.release()
        self.ledger.append(text)
        if reusable:
            index = self.folder / _INDEX
            index.mkdir(exist_ok=True)
            entry = index / f"{document.run.fingerprint}.{draft.id}"
            entry.write_text(draft.id, encoding="ascii")
            entry.replace(index / document.run.fingerprint)
        return target

    def discard(self, draft: Draft) -> None:
        """Remove a draft that comes to nothing."""
        claims.remove(draft.folder)
        draft.claim.release()

    def names(self) -> list[str]:
        """Return the ids of all runs that have a record here, oldest first."""
        return self._named(self.runs)

    def places(self) -> list[Path]:
        """Return the folders of all records, oldest first."""
        return self.below(self.runs)

    @classmethod
    def below(cls, runs: Path) -> list[Path]:
        """Return the folders below another one that are named after runs, oldest first; links are none."""
        return [runs / name for name in cls._named(runs)]

    @staticmethod
    def _named(runs: Path) -> list[str]:
        if not runs.is_dir():
            return []
        with os.scandir(runs) as found:
            return sorted(entry.name for entry in found if _ID.fullmatch(entry.name) and not entry.is_symlink())

    def find(self, name: str) -> Path:
        """Return the folder of a run, named by its id or the unambiguous start of one.

        Raises:
            UsageError: there is none, or more than one.
        """
        known = self.names()
        found = [run for run in known if run.startswith(name)] if name else []
        if not found and name and any((self.folder / "pruned").glob(f"{glob.escape(name)}*.statement.json")):
            raise UsageError(f"the record of run {name} was pruned", "its statement is in .proposer/pruned")
        if len(found) != 1:
            what = f"{len(found)} runs start with" if found else "there is no run"
            raise UsageError(f"{what} {name!r}", f"the newest is {known[-1]}" if known else "run: inv codex.review")
        return self.runs / found[0]

    def document(self, folder: Path) -> Document:
        """Read record.json.

        Raises:
            RefusedError: it is missing or does not have the shape of one.
        """
        try:
            return Document.model_validate_json((folder / RECORD).read_bytes())
        except (OSError, ValidationError) as error:
            raise RefusedError(f"record.json of {folder.name} cannot be read", "the record is damaged") from error

    def with_fingerprint(self, fingerprint: str) -> Path | None:
        """Return the newest finished and undamaged record with that fingerprint."""
        try:
            folder = self.find((self.folder / _INDEX / fingerprint).read_text(encoding="ascii"))
            document = self.document(folder)
            reusable = Outcome.named(document.run.outcome).exit_code in (0, 7, 8)
            whole = reusable and document.run.fingerprint == fingerprint and not list(self.problems(folder))
        except (OSError, RefusedError, UsageError, KeyError, ValueError):
            return None
        return folder if whole else None

    def problems(self, folder: Path) -> Iterator[str]:
        """Yield one sentence for each file that was changed, added or removed, down to the ledger."""
        if odd := list(self.odd(folder)):
            yield from odd
            return
        try:
            self.ledger.verify()
        except RefusedError as error:
            yield error.message
        try:
            statement = (folder / STATEMENT).read_bytes()
        except OSError:
            yield f"{STATEMENT} is missing"
            return
        if not self.ledger.holds(statement):
            yield f"{STATEMENT} is not the one in the ledger"
            return
        yield from self.damage(folder)

    @staticmethod
    def odd(folder: Path) -> Iterator[str]:
        """Yield one sentence for each entry of a record that is no regular file; nothing behind one is read."""
        with os.scandir(folder) as found:
            yield from sorted(
                f"{entry.name} is not a regular file" for entry in found if not entry.is_file(follow_symlinks=False)
            )

    def damage(self, folder: Path) -> Iterator[str]:
        """Yield one sentence for each file that its statement does not account for; the ledger is not asked.

        A record that was copied here from another clone is in that clone's ledger.
        """
        if faults := list(self.headed(folder)):
            yield from faults
            return
        try:
            self.signatures(folder)
        except RefusedError as error:
            yield error.message
        yield from _accounted(folder, self.document(folder).outputs.artifacts_sha256)

    @staticmethod
    def signatures(folder: Path) -> tuple[str, ...]:
        """Return the public keys (`ed25519:<hex>`) that signed a record's statement; none where it is not signed.

        Raises:
            RefusedError: there is an envelope, and it is damaged, has a signature that does not fit, or is another's.
        """
        return signed_by(folder / STATEMENT, folder / ENVELOPE)

    @staticmethod
    def headed(folder: Path) -> Iterator[str]:
        """Yield one sentence for what is wrong between a statement, its record.json and the name of the folder."""
        try:
            wanted = _stated((folder / STATEMENT).read_bytes())
        except OSError:
            yield f"{STATEMENT} is missing"
            return
        try:
            found = digests.of_file(folder / RECORD)
        except OSError:
            yield f"{RECORD} is missing"
            return
        if wanted.get("record") != found:
            yield f"{RECORD} is not the one that the statement names"
        elif not _ID.fullmatch(str(wanted.get("id"))):
            yield f"{STATEMENT} names no run"
        elif _ID.fullmatch(folder.name) and wanted["id"] != folder.name:  # a copy may be kept under any other name
            yield f"{STATEMENT} belongs to run {wanted['id']}"


def signed_by(statement: Path, path: Path) -> tuple[str, ...]:
    """Return the public keys that signed a statement, by the envelope at a path; none where there is no envelope.

    Raises:
        RefusedError: as `Store.signatures`.
    """
    if not os.path.lexists(path):
        return ()
    from proposer.provenance import envelope  # noqa: PLC0415 - cryptography takes its time to load

    try:
        sealed = envelope.opened(path.read_bytes(), envelope.STATEMENT)
    except (OSError, RefusedError) as error:
        what = error.message if isinstance(error, RefusedError) else "it cannot be read"
        raise RefusedError(f"{ENVELOPE}: {what}", f"sign the record anew: rm {path}") from error
    if sealed.payload != statement.read_bytes():
        raise RefusedError(f"{ENVELOPE} does not hold {STATEMENT}", f"sign the record anew: rm {path}")
    return sealed.keys


def _stated(statement: bytes) -> dict[str, str]:
    """Return run id and the record's digest from a statement."""
    try:
        details = json.loads(statement)["predicate"]["runDetails"]
        record = next(part["digest"]["sha256"] for part in details["byproducts"] if part["name"] == RECORD)
        return {"id": details["metadata"]["invocationId"], "record": record}
    except (ValueError, KeyError, TypeError, StopIteration):
        return {}


def _accounted(folder: Path, listed: dict[str, str]) -> Iterator[str]:
    with os.scandir(folder) as found:
        here = {entry.name for entry in found if entry.is_file()}
    for name in sorted(here - listed.keys() - _UNLISTED):
        yield f"{name} was added"
    for name, digest in sorted(listed.items()):
        if name not in here:
            yield f"{name} is missing"
        elif digests.of_file(folder / name) != digest:
            yield f"{name} was changed"

"""The record of a run: a folder that is complete or not there, and whose files are all accounted for."""

import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from proposer import digests
from proposer.errors import Outcome, RefusedError, UsageError
from proposer.provenance.ledger import Ledger

__all__ = ["FOLDER", "Document", "Draft", "Store", "new_id"]

FOLDER = ".proposer"
RECORD, STATEMENT, ENVELOPE = "record.json", "statement.json", "statement.dsse.json"
_UNLISTED = frozenset({RECORD, STATEMENT, ENVELOPE})
_ID = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")


class _Part(BaseModel):
    """A part of record.json; the shape is documented in docs/reference.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Tool(_Part):
    """What ran."""

    name: str = "codex-cli"
    pinned_cli_version: str
    model: str
    effort: str
    profile: str
    codex_sha256: str
    codex_reference: str
    proposer_version: str
    provider: str


class GitPart(_Part):
    """The commits; `head_sha` is null where the subject is not a commit, `tree` is always there.

    `kind` is `commit`, `index` or `worktree`; `old_tree` is the tree that the change starts from, `parent_sha` the
    commit that was checked out.
    """

    base_sha: str
    head_sha: str | None
    tree: str
    kind: str = "commit"
    old_tree: str = ""
    parent_sha: str = ""


class Run(_Part):
    """When, where, by whom, and what it came to; null where a desk has no such thing.

    `replay_of` is the run whose recording answered; such a run asked no model and counts in no metric.
    """

    id: str
    name: str
    timestamp_utc: str
    started_at: str
    finished_at: str
    runner: str
    job_id: str | None
    workflow: str | None
    actor: str | None
    repo: str | None
    git: GitPart
    outcome: str
    fingerprint: str
    unlocked: bool
    lock_from: str
    replay_of: str | None = None


class Inputs(_Part):
    """Digests (hexadecimal SHA-256) of everything that instructed the run; null where there was no such file."""

    prompt_file: str | None
    prompt_sha256: str | None
    agents_md_sha256: str | None
    rules_sha256: str | None
    skills_sha256: str | None
    output_schema_file: str | None
    schema_sha256: str | None
    config_sha256: str | None
    lock_sha256: str | None
    diff_sha256: str | None
    untrusted: list[dict[str, str]]
    provider_sha256: str | None


class Policy(_Part):
    """What the run was allowed to do."""

    sandbox: str
    approval_policy: str = "never"
    network_access: bool = False
    shell: bool


class Outputs(_Part):
    """What it left: every file of the record but itself and the statements."""

    final_message_file: str | None
    jsonl_log_file: str
    files_changed: list[str]
    artifacts_sha256: dict[str, str]


class Document(_Part):
    """record.json: the design's provenance document, extended."""

    schema_version: str = "1.0"
    tool: Tool
    run: Run
    inputs: Inputs
    policy: Policy
    outputs: Outputs
    result: dict[str, Any]


def new_id(now: datetime) -> str:
    """Return a run id: the time (UTC) and 32 random bits."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A record in the making; nothing of it is in place before `Store.keep`."""

    id: str
    folder: Path
    redact: Callable[[str], str]

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


class Store:
    """All records of one repository, below `.proposer/` (which ignores itself)."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / FOLDER
        self.runs = self.folder / "runs"
        self.ledger = Ledger(self.folder / "ledger")

    def draft(self, identifier: str, redact: Callable[[str], str]) -> Draft:
        """Make the temporary folder of a new record."""
        self.runs.mkdir(parents=True, exist_ok=True, mode=0o700)
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="ascii")
        folder = self.folder / f"draft-{identifier}"
        folder.mkdir(mode=0o700)
        return Draft(id=identifier, folder=folder, redact=redact)

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
        self.ledger.append(text)
        if reusable:
            index = self.folder / "fingerprints"
            index.mkdir(exist_ok=True)
            (index / document.run.fingerprint).write_text(draft.id, encoding="ascii")
        return target

    def discard(self, draft: Draft) -> None:
        """Remove a draft that comes to nothing."""
        shutil.rmtree(draft.folder, ignore_errors=True)

    def find(self, name: str) -> Path:
        """Return the folder of a run, named by its id or the unambiguous start of one.

        Raises:
            UsageError: there is none, or more than one.
        """
        known = (
            sorted(path.name for path in self.runs.iterdir() if _ID.fullmatch(path.name)) if self.runs.is_dir() else []
        )
        found = [run for run in known if run.startswith(name)] if name else []
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
            folder = self.find((self.folder / "fingerprints" / fingerprint).read_text(encoding="ascii"))
            document = self.document(folder)
            reusable = Outcome.named(document.run.outcome).exit_code in (0, 7, 8)
        except (OSError, RefusedError, UsageError, KeyError):
            return None
        whole = reusable and document.run.fingerprint == fingerprint and not list(self.problems(folder))
        return folder if whole else None

    def problems(self, folder: Path) -> Iterator[str]:
        """Yield one sentence for each file that was changed, added or removed, down to the ledger."""
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

    def damage(self, folder: Path) -> Iterator[str]:
        """Yield one sentence for each file that its statement does not account for; the ledger is not asked.

        A record that was copied here from another clone is in that clone's ledger.
        """
        try:
            statement = (folder / STATEMENT).read_bytes()
        except OSError:
            yield f"{STATEMENT} is missing"
            return
        wanted = _stated(statement)
        try:
            found = digests.of_file(folder / RECORD)
        except OSError:
            yield f"{RECORD} is missing"
            return
        if wanted.get("record") != found:
            yield f"{RECORD} is not the one that the statement names"
            return
        if wanted.get("id") != folder.name:
            yield f"{STATEMENT} belongs to run {wanted.get('id')}"
        yield from _accounted(folder, self.document(folder).outputs.artifacts_sha256)


def _stated(statement: bytes) -> dict[str, str]:
    """Return run id and the record's digest from a statement."""
    try:
        details = json.loads(statement)["predicate"]["runDetails"]
        record = next(part["digest"]["sha256"] for part in details["byproducts"] if part["name"] == RECORD)
        return {"id": details["metadata"]["invocationId"], "record": record}
    except (ValueError, KeyError, TypeError, StopIteration):
        return {}


def _accounted(folder: Path, listed: dict[str, str]) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not path.is_file():
            yield f"{path.name} is not a regular file"
        elif path.name not in listed and path.name not in _UNLISTED:
            yield f"{path.name} was added"
    for name, digest in sorted(listed.items()):
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing"
        elif digests.of_file(path) != digest:
            yield f"{name} was changed"

"""A cassette: the exchanges of one run in a folder (`proposer/cassette/v1`), and the backend that plays them again.

The folder holds `cassette.json` (the manifest, with the SHA-256 of every other file), the files of the run's record
as they are (`requests.jsonl` and `responses.jsonl` are what is compared and answered with), and the base's
`codex.lock`. Everything in it passed the redactor before it was written.
"""

import http
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from proposer import digests
from proposer.errors import Outcome, StopError, UsageError
from proposer.relay.exchange import Reply
from proposer.relay.normal import alike, difference
from proposer.relay.places import Places

__all__ = ["MANIFEST", "SCHEMA", "Cassette", "Manifest", "check_target", "write"]

SCHEMA = "proposer/cassette/v1"
MANIFEST = "cassette.json"
_NEEDED = ("requests.jsonl", "responses.jsonl", "prompt.md")
_SAME = ("prompt.md", "answer.json", "proposal.patch")
"""Files that a replay must give again, byte for byte."""
_ANEW = "record it again: --record FOLDER"


_Row = TypeVar("_Row")


class Manifest(BaseModel):
    """cassette.json. Digests are lower-case hexadecimal SHA-256."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    format: str = Field(SCHEMA, alias="schema", description="Format and its version.")
    run: str = Field(description="Id of the run that was recorded.")
    workflow: str = Field(description="Its workflow.")
    outcome: str = Field(description="What it came to.")
    fingerprint: str = Field(description="Its fingerprint.")
    provider: str = Field(description="Who answered then.")
    model: str = Field(description="Model that was asked for.")
    effort: str = Field(description="Reasoning effort that was asked for.")
    codex_version: str = Field(description="Codex CLI that sent the requests.")
    codex_sha256: str = Field(description="Digest of its binary.")
    proposer_version: str = Field(description="Version of this library.")
    base: str = Field(description="Trusted commit.")
    head: str | None = Field(description="Commit that the run was about; null for an index or a working tree.")
    tree: str = Field(description="Tree that the run was about.")
    files: dict[str, str] = Field(description="Digest of every other file by name.")


class _Answer(BaseModel):
    """A line of responses.jsonl."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    turn: int
    status: int
    note: str
    body: str | None = None
    events: list[dict[str, Any]]


class Cassette:
    """The backend that answers each request as it was answered before, after a look at the request.

    Args:
        manifest: cassette.json.
        digest: SHA-256 of the manifest's bytes.
        files: bytes of the files by name.
        name: what to call it in messages.
    """

    def __init__(self, manifest: Manifest, digest: str, files: Mapping[str, bytes], name: str) -> None:
        self.manifest = manifest
        self.digest = digest
        self.name = name
        self.difference = ""
        self._files = dict(files)
        self._requests = _rows(files["requests.jsonl"], name, dict[str, Any])
        self._answers = {row.turn: row for row in _rows(files["responses.jsonl"], name, _Answer)}
        self._met = 0
        self._drift = ""
        self._end = ""
        self._places = Places({})

    @classmethod
    def read(cls, folder: Path, name: str = "") -> "Cassette":
        """Read and check a cassette.

        Raises:
            UsageError: there is no cassette, or it has another format.
            StopError: a file is not what the manifest says (`drifted`).
        """
        name = name or folder.name
        manifest, digest = _manifest(folder, name)
        files = {}
        for file, wanted in manifest.files.items():
            try:
                files[file] = (folder / file).read_bytes()
            except OSError as error:
                raise StopError(
                    Outcome.DRIFTED, f"{file} of cassette {name} is missing", f"restore it, or {_ANEW}"
                ) from error
            if digests.of_bytes(files[file]) != wanted:
                text = f"{file} of cassette {name} is not what {MANIFEST} says: it was changed or cut short"
                raise StopError(Outcome.DRIFTED, text, f"restore it, or {_ANEW}")
        return cls(manifest, digest, files, name)

    def fits(self, codex_version: str) -> None:
        """Refuse to play under another Codex than the one that was recorded.

        Raises:
            StopError: another version (`drifted`).
        """
        if self.manifest.codex_version != codex_version:
            recorded = f"cassette {self.name} was recorded with codex {self.manifest.codex_version}"
            raise StopError(Outcome.DRIFTED, f"{recorded}, codex.lock pins {codex_version}", _ANEW)

    def play(self, places: Places) -> "Cassette":
        """Begin, with the folders of this run."""
        self._places = places
        return self

    def meets(self, line: str) -> str:
        """Compare the next request with the recorded one; return why the run must end, or nothing.

        Args:
            line: the request as it stands in requests.jsonl.
        """
        self._met += 1
        turn = self._met
        if turn <= len(self._requests):
            names, text = difference(self._requests[turn - 1], json.loads(line), turn)
            if names:
                self.difference = text
                self._drift = f"request {turn} differs from the recorded one in: {', '.join(names)}"
        elif last := self._broken(turn - 1):
            self._end = f"the recorded run ended without an answer ({last})"
        else:
            self._drift = f"codex sends request {turn}, the recorded run ended after {len(self._requests)}"
        return self._drift or self._end

    def reply(self, body: bytes, headers: Mapping[str, str]) -> Reply:  # noqa: ARG002 - the backend's signature
        """Answer the request that was met last, as it was answered then.

        Raises:
            ConnectionError: nobody answered then.
        """
        answer = self._answers.get(self._met)
        if answer is None:
            raise ConnectionError("nobody answered this request when it was recorded")
        if answer.status != http.HTTPStatus.OK:
            told = (answer.body or "").encode()
            return Reply(status=answer.status, body=iter([told]), content_type="application/json")
        return Reply(status=200, body=self._stream(answer))

    def _stream(self, answer: _Answer) -> Iterator[bytes]:
        for event in self._places.show(answer.events):
            yield f"event: {event.get('type')}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
        if answer.note:
            raise ConnectionError(answer.note)

    def _broken(self, turn: int) -> str:
        """Return why the answer to a recorded request was none; nothing where it was whole."""
        answer = self._answers.get(turn)
        return "it was stopped" if answer is None else answer.note

    def failure(self) -> StopError | None:
        """Return why this run is no replay of the recorded one; None where it sent the same requests."""
        if self._met and not self._drift and self._end:
            return StopError(Outcome.UNAVAILABLE, f"no verdict: {self._end}", _ANEW)
        if not self._drift and self._met < len(self._requests):
            self._drift = f"codex sent {self._met} request(s), the recorded run {len(self._requests)}"
        if self._drift:
            hint = f"the subject, its instructions or codex changed since: see drift.diff of the record, or {_ANEW}"
            return StopError(Outcome.DRIFTED, f"{self._drift} (cassette {self.name})", hint)
        return None

    def unlike(self, folder: Path, outcome: str) -> list[str]:
        """Return one sentence for each result that is not the recorded one, though the requests were.

        Args:
            folder: the record in the making.
            outcome: what this run came to.
        """
        rows = []
        for name in _SAME:
            path = folder / name
            now = path.read_bytes() if path.exists() else None
            before = self._files.get(name)
            if now is None or before is None:
                same = now is before
            else:
                same = alike(before.decode(errors="replace"), now.decode(errors="replace"))
            if not same:
                rows.append(f"{name} is not the recorded one")
        if outcome != self.manifest.outcome:
            rows.append(f"the recorded run was {self.manifest.outcome}, this one is {outcome}")
        return rows


def _manifest(folder: Path, name: str) -> tuple[Manifest, str]:
    give = "give --provider cassette:FOLDER, a folder that --record wrote"
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        raise UsageError(f"cassette {name} {what}", give)
    try:
        data = (folder / MANIFEST).read_bytes()
    except OSError as error:
        if (folder / "record.json").exists():
            raise UsageError(f"{name} is a record, not a cassette", f"run: inv codex.replay {name}") from error
        raise UsageError(f"cassette {name} has no {MANIFEST}", give) from error
    try:
        document = json.loads(data)
        found = document.get("schema") if isinstance(document, dict) else None
        if found != SCHEMA:
            raise UsageError(f"cassette {name} has the format {found!r}, this version reads {SCHEMA}", _ANEW)
        manifest = Manifest.model_validate(document)
    except (ValueError, RecursionError) as error:
        detail = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise UsageError(
            f"{MANIFEST} of cassette {name} cannot be read: {detail.lower()}", f"restore it, or {_ANEW}"
        ) from error
    lacking = [file for file in _NEEDED if file not in manifest.files]
    strange = [file for file in manifest.files if "/" in file or file in (".", "..", MANIFEST)]
    if lacking or strange:
        what = f"does not list {lacking[0]}" if lacking else f"lists {strange[0]!r}, which is no file beside it"
        raise UsageError(f"{MANIFEST} of cassette {name} {what}", f"restore it, or {_ANEW}")
    return manifest, digests.of_bytes(data)


def _rows(data: bytes, name: str, kind: type[_Row]) -> list[_Row]:
    shape = TypeAdapter(kind)
    try:
        return [shape.validate_json(line) for line in data.split(b"\n") if line]
    except ValueError as error:
        raise UsageError(f"cassette {name} holds a line that is no exchange", _ANEW) from error


def check_target(folder: Path) -> None:
    """Refuse a folder that holds something, before anything is run.

    Raises:
        UsageError: the folder is not new and not empty, or is a file.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"--record {folder} is not an empty folder", "name a new one, or remove it first")


def write(folder: Path, manifest: Manifest, record: Path, lock: bytes | None) -> None:
    """Write a cassette: complete, or not at all.

    Args:
        folder: where; new or empty.
        manifest: its files are filled in here.
        record: folder of the record, whose files are copied as they are.
        lock: text of the codex.lock that counted.

    Raises:
        UsageError: the folder cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            for path in sorted(record.iterdir()):
                shutil.copyfile(path, draft / path.name)
            if lock is not None:
                (draft / "codex.lock").write_bytes(lock)
            files = {path.name: digests.of_file(path) for path in sorted(draft.iterdir())}
            document = manifest.model_copy(update={"files": files}).model_dump(mode="json", by_alias=True)
            text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
            (draft / MANIFEST).write_text(text, encoding="utf-8")
            if folder.is_dir():
                folder.rmdir()
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"--record {folder} cannot be written: {error.strerror}", "name another folder") from error

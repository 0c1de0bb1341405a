"""The cassette provider: answers each request as it was answered before, after a look at the request."""

import http
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter

from proposer.errors import Outcome, StopError, UsageError
from proposer.relay.exchange import Reply
from proposer.relay.normal import alike, difference
from proposer.relay.places import Places
from proposer.relay.tape import ANEW, Manifest, load

__all__ = ["Cassette"]

_SAME = ("prompt.md", "answer.json", "proposal.patch")
"""Files that a replay must give again, byte for byte."""

_Row = TypeVar("_Row")


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
        manifest, digest, files = load(folder, name)
        return cls(manifest, digest, files, name)

    def fits(self, codex_version: str) -> None:
        """Refuse to play under another Codex than the one that was recorded.

        Raises:
            StopError: another version (`drifted`).
        """
        if self.manifest.codex_version != codex_version:
            recorded = f"cassette {self.name} was recorded with codex {self.manifest.codex_version}"
            raise StopError(Outcome.DRIFTED, f"{recorded}, codex.lock pins {codex_version}", ANEW)

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
            return StopError(Outcome.UNAVAILABLE, f"no verdict: {self._end}", ANEW)
        if not self._drift and self._met < len(self._requests):
            self._drift = f"codex sent {self._met} request(s), the recorded run {len(self._requests)}"
        if self._drift:
            hint = f"the subject, its instructions or codex changed since: see drift.diff of the record, or {ANEW}"
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


def _rows(data: bytes, name: str, kind: type[_Row]) -> list[_Row]:
    shape = TypeAdapter(kind)
    try:
        return [shape.validate_json(line) for line in data.split(b"\n") if line]
    except ValueError as error:
        raise UsageError(f"cassette {name} holds a line that is no exchange", ANEW) from error

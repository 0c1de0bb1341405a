"""What is left of records that were pruned: their statements, and a tombstone that says when and how many.

`.proposer/pruned/` holds `RUN.statement.json` (and `RUN.statement.dsse.json`) for each of them, byte for byte as they
were, and one `ID.tombstone.json` for each pruning: an in-toto Statement whose subjects are those statements. It is
appended to the ledger like any other, before anything is removed.
"""

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from proposer import digests
from proposer.errors import RefusedError
from proposer.provenance.attestation import TYPE, Resource
from proposer.provenance.ledger import Ledger

__all__ = ["FOLDER", "Pruned", "Tombstone"]

FOLDER = "pruned"
_KIND = "https://proposer.invalid/pruning/v1"
_TOMBSTONE = re.compile(r"([0-9]{8}T[0-9]{6}Z-[0-9a-f]{8})\.tombstone\.json")
_STATEMENT = re.compile(r"([0-9]{8}T[0-9]{6}Z-[0-9a-f]{8})\.statement\.json")
_LARGEST = 64 * 1024 * 1024


class _Said(BaseModel):
    """What is said of the pruning."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    pruned_on: str = Field(alias="prunedOn", description="When (RFC 3339, UTC).")
    by: str = Field(description="`workstation`, `github-actions`, `gitlab-ci` or `ci`.")


class Tombstone(BaseModel):
    """That records were pruned; its subjects are their statements, named after their runs."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    type: Literal["https://in-toto.io/Statement/v1"] = Field(alias="_type", description="The format.")
    subject: Annotated[list[Resource], Field(min_length=1, description="The statements, named after their runs.")]
    predicate_type: Literal["https://proposer.invalid/pruning/v1"] = Field(
        alias="predicateType", description="The format of the predicate."
    )
    predicate: _Said

    @property
    def leaves(self) -> dict[str, str]:
        """The SHA-256 of each statement by run."""
        return {row.name: row.digest.get("sha256", "") for row in self.subject}


@dataclass(frozen=True, kw_only=True)
class Found:
    """All tombstones and statements of a folder, with the SHA-256 of their bytes, and what is wrong with it."""

    tombstones: dict[str, tuple[str, Tombstone]]
    statements: dict[str, str]
    problems: tuple[str, ...]


class Pruned:
    """The folder of one repository; it need not exist yet."""

    def __init__(self, store: Path) -> None:
        self.folder = store / FOLDER

    def statement(self, run: str) -> Path:
        """Return where the statement of a pruned run is kept."""
        return self.folder / f"{run}.statement.json"

    def envelope(self, run: str) -> Path:
        """Return where its signatures are kept."""
        return self.folder / f"{run}.statement.dsse.json"

    def bury(self, identifier: str, rows: Sequence[tuple[str, str]], when: str, by: str, ledger: Ledger) -> None:
        """Say that statements stay without their records, on disk and in the ledger.

        Args:
            identifier: of the tombstone, formed as a run's.
            rows: run and SHA-256 of its statement.
            when: RFC 3339.
            by: kind of machine.
            ledger: of the repository.
        """
        subject = [{"name": run, "digest": {"sha256": leaf}} for run, leaf in sorted(rows)]
        said = {"prunedOn": when, "by": by}
        data = digests.canonical({"_type": TYPE, "subject": subject, "predicateType": _KIND, "predicate": said})
        Tombstone.model_validate_json(data)
        self.put(self.folder / f"{identifier}.tombstone.json", data)
        ledger.append(data)

    def put(self, path: Path, data: bytes) -> None:
        """Write a file that is whole or not there."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{path.name}.{os.getpid()}.new")
        with draft.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)

    def look(self) -> Found:
        """Read everything; nothing is there where nothing was pruned."""
        tombstones, statements, problems = dict[str, tuple[str, Tombstone]](), dict[str, str](), list[str]()
        for path in self._files():
            if match := _STATEMENT.fullmatch(path.name):
                statements[match[1]] = digests.of_file(path)
            elif match := _TOMBSTONE.fullmatch(path.name):
                try:
                    tombstones[match[1]] = digests.of_file(path), _tombstone(path)
                except RefusedError as error:
                    problems.append(error.message)
        return Found(tombstones=tombstones, statements=statements, problems=tuple(problems))

    def _files(self) -> Iterator[Path]:
        if self.folder.is_dir() and not self.folder.is_symlink():
            yield from sorted(path for path in self.folder.iterdir() if path.is_file() and not path.is_symlink())

    def faults(self, leaves: frozenset[str]) -> Iterator[str]:
        """Yield one sentence for each thing that does not fit the leaves of the ledger."""
        found = self.look()
        yield from found.problems
        told = dict[str, str]()
        for name, (leaf, tombstone) in found.tombstones.items():
            if leaf in leaves:
                told |= tombstone.leaves
            else:
                yield f"{FOLDER}/{name}.tombstone.json is not in the ledger"
        for run, leaf in found.statements.items():
            if leaf not in leaves:
                yield f"{FOLDER}/{run}.statement.json is not in the ledger"
            elif told.get(run) != leaf:
                yield f"no tombstone says that run {run} was pruned"


def _tombstone(path: Path) -> Tombstone:
    try:
        data = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
        made = Tombstone.model_validate(json.loads(data))
    except (OSError, ValueError, ValidationError, RecursionError) as error:
        raise RefusedError(f"{FOLDER}/{path.name} cannot be read", "restore .proposer from a copy") from error
    return made

"""What drills and evals came to: one line for each time they were tried, below `.proposer/`, appended for good."""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from proposer.provenance.record import FOLDER

__all__ = ["Case", "Drill", "Drilled", "Evaluated", "keep", "kept"]

NAME = "trials.jsonl"
_LONGEST = 1 << 20


class _Line(BaseModel):
    # The documents that `codex.drill --json` and `codex.eval --json` print; what is not used here is left aside.
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Drill(_Line):
    """One drill."""

    name: str
    tried: str
    reached: bool
    stopped_by: str | None
    outcome: Literal["contained", "escaped", "unavailable"]


class Drilled(_Line):
    """Drills that were tried together."""

    at: datetime
    kind: Literal["proposer/drills/v1"] = Field(alias="schema")
    drills: tuple[Drill, ...]


class Case(_Line):
    """One case of an evaluation: `found`, `silent`, `missed`, `noisy` or `not finished`."""

    name: str
    result: str


class Evaluated(_Line):
    """An evaluation; the scores are None where no case finished."""

    at: datetime
    kind: Literal["proposer/evals/v1"] = Field(alias="schema")
    provider: str
    measures_quality: bool
    precision: float | None
    recall: float | None
    noise: float | None
    cases: tuple[Case, ...]


_ANY: TypeAdapter[Drilled | Evaluated] = TypeAdapter(Drilled | Evaluated)


def keep(root: Path, document: Mapping[str, Any], now: datetime | None = None) -> None:
    """Append what drills or evals came to; where it cannot be written, they count all the same.

    Args:
        root: the repository.
        document: what `codex.drill --json` or `codex.eval --json` prints.
        now: when it ended.
    """
    line = _ANY.validate_python({**document, "at": now or datetime.now(UTC)})
    data = line.model_dump_json(by_alias=True).encode() + b"\n"
    with contextlib.suppress(OSError):
        folder = root / FOLDER
        folder.mkdir(exist_ok=True, mode=0o700)
        with contextlib.suppress(FileExistsError), (folder / ".gitignore").open("x", encoding="ascii") as file:
            file.write("*\n")
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        with os.fdopen(os.open(folder / NAME, flags, 0o600), "ab") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.write(data)


def kept(root: Path) -> Iterator[Drilled | Evaluated]:
    """Yield what was kept, oldest first; a line that cannot be read says nothing."""
    path = root / FOLDER / NAME
    if path.is_symlink() or not path.is_file():
        return
    with path.open("rb") as stream:
        while row := stream.readline(_LONGEST):
            with contextlib.suppress(ValidationError):
                yield _ANY.validate_json(row)

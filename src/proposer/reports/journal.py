"""The structured log of runs: one event each, through the standard logging module, as one line of JSON.

An application that wants the events gives the logger `proposer.runs` a handler, and `Lines` as its formatter.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["LOGGER", "SCHEMA", "Event", "Lines", "Usage", "emit", "entry", "write"]

SCHEMA: Literal["proposer/log/v1"] = "proposer/log/v1"
LOGGER = logging.getLogger("proposer.runs")
LOGGER.addHandler(logging.NullHandler())  # a library stays silent where nobody asked for its log


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Usage(_Part):
    """Tokens of the run."""

    input_tokens: int = Field(ge=0, description="Sent to the model.")
    cached_input_tokens: int = Field(ge=0, description="Of these, known to it already.")
    output_tokens: int = Field(ge=0, description="Written by it.")


class Event(_Part):
    """A run that ended."""

    ts: str = Field(description="When (RFC 3339, UTC, milliseconds).")
    level: Literal["INFO", "ERROR"] = Field(description="`ERROR` where there is no verdict, or none that counts.")
    event: Literal["codex.exec.completed", "codex.exec.failed"] = Field(description="The same, as a name.")
    schema_: Literal["proposer/log/v1"] = Field(SCHEMA, alias="schema", description="Format of this line.")
    component: Literal["ci", "local"] = Field(description="Where it ran.")
    run: str = Field(description="Id of the run.")
    workflow: str = Field(description="Its workflow.")
    sandbox: str | None = Field(description="`read-only` or `workspace-write`; null where the run came not so far.")
    approval_policy: str = Field(description="What Codex does where the sandbox says no.")
    prompt: str | None = Field(description="The workflow's prompt file.")
    codex_cli_version: str = Field(description="Pinned version of Codex.")
    model: str = Field(description="Pinned model.")
    result: str = Field(description="Outcome of the run.")
    usage: Usage


class Lines(logging.Formatter):
    """Formats events as lines of JSON; every other record has `ts`, `level`, `logger` and `message`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        fields: dict[str, Any] = getattr(record, "codex", None) or {
            "ts": _stamp(record.created), "level": record.levelname, "logger": record.name,
            "message": record.getMessage(),
        }  # fmt: skip
        return json.dumps(fields, sort_keys=True)


class _File(logging.FileHandler):
    """A file that a record must not lack: what cannot be written there is an error of the run."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - the standard library's name
        raise sys.exception() or AssertionError("called while an exception is handled")


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def entry(*, good: bool, **fields: Any) -> logging.LogRecord:
    """Return the event of a run as a log record.

    Args:
        good: whether the run came to a verdict.
        fields: of `Event`, but for time, level, name and format.
    """
    level, name = (logging.INFO, "codex.exec.completed") if good else (logging.ERROR, "codex.exec.failed")
    record = LOGGER.makeRecord(LOGGER.name, level, __file__, 0, name, (), None, entry.__name__)
    event = Event.model_validate({"ts": _stamp(record.created), "level": record.levelname, "event": name, **fields})
    record.codex = event.model_dump(mode="json", by_alias=True)
    return record


def write(record: logging.LogRecord, path: Path) -> None:
    """Write an event into a file of its own.

    Raises:
        OSError: the file cannot be written.
    """
    handler = _File(path, mode="w", encoding="utf-8")
    handler.setFormatter(Lines())
    try:
        handler.handle(record)
    finally:
        handler.close()


def emit(record: logging.LogRecord) -> None:
    """Give an event to whatever handlers the application has set up."""
    if LOGGER.isEnabledFor(record.levelno):
        LOGGER.handle(record)

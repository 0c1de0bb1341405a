"""The structured event of a run: one line, the report's shape, through the standard logging module."""

import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from proposer.reports import journal


def event(*, good: bool = True, **more: Any) -> logging.LogRecord:
    fields: dict[str, Any] = {
        "component": "local", "run": "r", "workflow": "review", "sandbox": None, "approval_policy": "never",
        "prompt": None, "codex_cli_version": "1", "model": "m", "result": "clean",
        "usage": {"input_tokens": 1, "cached_input_tokens": 0, "output_tokens": 2},
    }  # fmt: skip
    return journal.entry(good=good, **(fields | more))


@pytest.mark.parametrize(("good", "name", "level"), [(True, "completed", "INFO"), (False, "failed", "ERROR")])
def test_the_file_holds_one_line_of_the_published_shape(tmp_path: Path, good: bool, name: str, level: str) -> None:
    journal.write(event(good=good), tmp_path / "log.json")
    text = (tmp_path / "log.json").read_text(encoding="utf-8")
    assert text.count("\n") == 1
    found = json.loads(text)
    assert (found["event"], found["level"], found["schema"]) == (f"codex.exec.{name}", level, journal.SCHEMA)
    assert found["ts"].endswith("Z")
    assert journal.Event.model_validate(found).usage.output_tokens == 2


def test_an_application_gets_the_same_line_from_its_own_handler(tmp_path: Path) -> None:
    record, stream = event(good=False), io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(journal.Lines())
    journal.LOGGER.addHandler(handler)
    try:
        journal.emit(record)
    finally:
        journal.LOGGER.removeHandler(handler)
    journal.write(record, tmp_path / "log.json")
    assert stream.getvalue() == (tmp_path / "log.json").read_text(encoding="utf-8")


def test_nothing_is_printed_where_nobody_asked(capsys: pytest.CaptureFixture[str]) -> None:
    journal.emit(event(good=False))
    assert capsys.readouterr() == ("", "")


def test_other_records_become_lines_too() -> None:
    line = journal.Lines().format(logging.makeLogRecord({"msg": "a %s", "args": ("b",), "levelname": "INFO"}))
    assert json.loads(line)["message"] == "a b"


def test_a_field_that_the_schema_does_not_know_is_an_error() -> None:
    with pytest.raises(ValidationError):
        event(secret="x")


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        journal.write(event(), tmp_path / "missing" / "log.json")

"""Reading statements, good and bad."""

import json
from pathlib import Path
from typing import Any

import pytest

from {{ cookiecutter.package_name }}.dev.domain import read_statement
from {{ cookiecutter.package_name }}.dev.services import runs


def statement(**changes: Any) -> dict[str, Any]:
    """Return a statement as a run writes it."""
    predicate = {
        "buildDefinition": {
            "externalParameters": {"workflow": "review"},
            "internalParameters": {"model": "m", "provider": "openai"},
            "resolvedDependencies": [{"name": "base", "digest": {"gitCommit": "c0ffee"}}],
        },
        "runDetails": {
            "builder": {"version": {"codex": "1.2.3"}},
            "metadata": {
                "invocationId": "r1",
                "startedOn": "2026-03-02T09:00:00Z",
                "finishedOn": "2026-03-02T09:01:00Z",
            },
        },
    }
    return {"_type": "https://in-toto.io/Statement/v1", "predicate": predicate} | changes


def test_a_statement_is_read() -> None:
    run = read_statement("r1.statement.json", json.dumps(statement()).encode())
    assert (run.run, run.workflow, run.model, run.base, run.codex, run.fault) == (
        "r1",
        "review",
        "m",
        "c0ffee",
        "1.2.3",
        "",
    )


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, json.dumps(statement(predicate=1)).encode()],
    ids=["empty", "list", "object", "bytes", "deep", "predicate"],
)
def test_a_file_that_is_no_statement_is_shown_as_such(data: bytes) -> None:
    assert read_statement("x", data).fault


def test_the_latest_name_comes_first_and_other_files_are_left_out(tmp_path: Path) -> None:
    for name in ("a.statement.json", "b.statement.json", "ledger.head"):
        (tmp_path / name).write_text(json.dumps(statement()), encoding="utf-8")
    assert [run.file for run in runs(tmp_path)] == ["b.statement.json", "a.statement.json"]


def test_a_missing_folder_holds_no_runs(tmp_path: Path) -> None:
    assert runs(tmp_path / "none") == []

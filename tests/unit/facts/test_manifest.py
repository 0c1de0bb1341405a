"""evidence.json: whoever made the reports says which commit they are about, and no other file is claimed."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proposer.errors import UsageError
from proposer.facts.manifest import declare

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
COMMIT = "c" * 40


def test_every_report_is_named_with_commit_time_and_digest(tmp_path: Path) -> None:
    (tmp_path / "tests.xml").write_bytes(b"<testsuite/>")
    (tmp_path / "evidence.json").write_text("{}", encoding="utf-8")
    (tmp_path / "20260102T030405Z-0123abcd").mkdir()  # a record speaks for itself
    assert declare(tmp_path, COMMIT, NOW) == ["tests.xml"]
    assert json.loads((tmp_path / "evidence.json").read_text(encoding="utf-8")) == {
        "schema": "proposer/evidence/v1",
        "files": {
            "tests.xml": {
                "commit": COMMIT,
                "made_at": "2026-01-02T03:04:05+00:00",
                "sha256": hashlib.sha256(b"<testsuite/>").hexdigest(),
            }
        },
    }


def test_an_empty_folder_and_none_at_all_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no reports"):
        declare(tmp_path, COMMIT, NOW)
    with pytest.raises(UsageError, match="cannot be used"):
        declare(tmp_path / "nowhere", COMMIT, NOW)

"""Writes `evidence.json`: which commit the reports in a folder are about, and when they were made."""

import json
from datetime import datetime
from pathlib import Path

from proposer import digests
from proposer.errors import UsageError
from proposer.facts.evidence import MANIFEST, SCHEMA

__all__ = ["declare"]


def declare(folder: Path, commit: str, now: datetime) -> list[str]:
    """Say for every file of a folder that it is about a commit; returns the names.

    Only whoever made the reports can know this: call it in the job that made them, on the commit that is checked out.

    Args:
        folder: with the reports; files in folders below it speak for themselves.
        commit: full object id.
        now: time with its zone.

    Raises:
        UsageError: there is no such folder, it is empty, or the file cannot be written.
    """
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != MANIFEST)
        if not files:
            raise UsageError(f"{folder} holds no reports", "let the checks write their reports there first")
        rows = {
            path.name: {"commit": commit, "made_at": now.isoformat(), "sha256": digests.of_file(path)} for path in files
        }
        text = json.dumps({"schema": SCHEMA, "files": rows}, indent=2, ensure_ascii=False) + "\n"
        (folder / MANIFEST).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder} cannot be used: {error.strerror}", "name a folder with reports") from error
    return list(rows)

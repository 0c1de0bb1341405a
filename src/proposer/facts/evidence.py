"""A folder of evidence as facts: each piece with the commit that it names, its age, and what it says."""

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from proposer import digests
from proposer.config import lock as locks
from proposer.errors import UsageError
from proposer.facts.ground import Ground
from proposer.facts.readers import Reading, UnreadableError, read
from proposer.git import shown

__all__ = ["MANIFEST", "SCHEMA", "of"]

MANIFEST = "evidence.json"
"""Names commit, time and digest of the files that cannot do it: `{"schema": ..., "files": {PATH: {"commit": ...}}}`."""
SCHEMA = "proposer/evidence/v1"
_LARGEST_BYTES = 64 * 1024 * 1024
_MOST = 200
_SKEW = timedelta(minutes=5)
"""How far the clock of another machine may be ahead."""


@dataclass(frozen=True, kw_only=True)
class _Named:
    commit: str = ""
    made_at: str = ""
    sha256: str = ""


def of(ground: Ground) -> dict[str, Any]:
    """Return `commit`, the `pieces` with their status, `missing` kinds and what the host checked by itself.

    A piece is `good`, `bad` (it speaks against the deployment), `stale`, `nameless` (it names no commit, or no time),
    `other` (it is about another commit) or `unreadable`.

    Raises:
        UsageError: there is no folder, or its manifest cannot be read.
    """
    given = ground.arguments.get("evidence", "")
    folder = Path(given)
    if not given or not folder.is_dir():
        raise UsageError(
            f"--evidence {given or '(nothing)'} is not a folder", "give the folder that the checks wrote to"
        )
    commit, why = _commit(ground)
    named = _manifest(folder)
    pieces = [_piece(ground, folder, name, named.get(name, _Named()), commit) for name in _names(folder)]
    unknown = sorted(set(named) - {piece["name"] for piece in pieces})
    pieces += [_row(name, "", "unreadable", f"{MANIFEST} names it, and it is not there") for name in unknown]
    kinds = {piece["kind"] for piece in pieces}
    return {
        "commit": commit,
        "why_not_a_commit": why,
        "pieces": pieces,
        "missing": [kind for kind in ground.workflow.evidence if kind not in kinds],
        "lock_differences": _lock(ground),
    }


def _commit(ground: Ground) -> tuple[str, str]:
    """Return the commit that would be deployed, or why the subject is none."""
    subject = ground.subject
    if subject.head:
        return subject.head, ""
    if ground.git.text("rev-parse", f"{subject.parent}^{{tree}}") == subject.tree:
        return subject.parent, ""
    return "", "the working tree differs from its commit: commit first, or name one with --base and --head"


def _manifest(folder: Path) -> dict[str, _Named]:
    path = folder / MANIFEST
    if not path.exists():
        return {}
    try:
        document = json.loads(path.read_bytes())
        rows = {SCHEMA: document["files"]}[document["schema"]].items()
        known = ("commit", "made_at", "sha256")
        return {str(name): _Named(**{key: str(row[key]) for key in known if key in row}) for name, row in rows}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"{MANIFEST} of --evidence cannot be read: {error}", "see docs/how-to/predeploy.md of proposer"
        ) from error


def _names(folder: Path) -> list[str]:
    """Return the names of all pieces, a record being one; hidden files are none."""
    found: list[str] = []
    for place, folders, files in os.walk(folder):
        relative = Path(place).relative_to(folder)
        if "record.json" in files:
            found.append(relative.as_posix())
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [(relative / name).as_posix() for name in files if not name.startswith(".")]
    names = sorted(name for name in found if name != MANIFEST)
    if len(names) > _MOST:
        raise UsageError(
            f"--evidence holds {len(names)} files, {_MOST} are allowed", "give the folder of the reports only"
        )
    return names


def _row(name: str, kind: str, status: str, told: str, **more: Any) -> dict[str, Any]:
    base = {"commit": "", "made_at": "", "sha256": "", "rehearsed": False}
    return {"name": shown(name), "kind": kind, "status": status, "told": told, **base, **more}


def _piece(ground: Ground, folder: Path, name: str, named: _Named, commit: str) -> dict[str, Any]:
    path = folder / name
    if path.is_dir():
        return _record(ground, path, name, commit)
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST_BYTES:
        return _row(name, "", "unreadable", "it is a link, no file, or too large")
    try:
        data = path.read_bytes()
        reading = read(data)
    except (OSError, UnreadableError) as error:
        return _row(name, "", "unreadable", str(error)[:200])
    digest = digests.of_bytes(data)
    if named.sha256 and named.sha256 != digest:
        return _row(name, reading.kind, "unreadable", f"{MANIFEST} was written for other bytes", sha256=digest)
    if reading.commit and named.commit and reading.commit != named.commit:
        return _row(name, reading.kind, "other", f"it names another commit than {MANIFEST}", sha256=digest)
    status, told = _status(ground, reading, named.commit or reading.commit, named.made_at or reading.made_at, commit)
    return _row(name, reading.kind, status, told, commit=named.commit or reading.commit,
                made_at=named.made_at or reading.made_at, sha256=digest)  # fmt: skip


def _status(ground: Ground, reading: Reading, commit: str, made_at: str, wanted: str) -> tuple[str, str]:
    if not commit:
        return "nameless", f"it names no commit; {reading.told}"
    if commit != wanted:
        return "other", f"it is about {commit[:40]}; {reading.told}"
    age = _age(ground.now, made_at)
    if age is None:
        return "nameless", f"it names no time with a zone; {reading.told}"
    hours = ground.workflow.thresholds.evidence_hours
    if not -_SKEW <= age < timedelta(hours=hours):
        when = "is still to come" if age < -_SKEW else f"is {hours:g} hours ago or more"
        return "stale", f"its time, {made_at[:40]}, {when}; {reading.told}"
    least = ground.workflow.thresholds.coverage
    if reading.coverage is not None and reading.coverage < least:
        return "bad", f"{reading.told}, {least:g} % are needed"
    return ("good" if reading.good else "bad"), reading.told


def _age(now: datetime, made_at: str) -> timedelta | None:
    try:
        moment = datetime.fromisoformat(made_at)
    except ValueError:
        return None
    return now - moment if moment.tzinfo is not None else None


def _record(ground: Ground, path: Path, name: str, commit: str) -> dict[str, Any]:
    """Read the record of a review; every file of it must be the one that its statement accounts for."""
    facts: dict[str, Any] = {}
    try:
        document = json.loads((path / "record.json").read_bytes())
        run, tool = document["run"], document["tool"]
        facts = {
            "commit": str(run["git"]["head_sha"] or ""),
            "made_at": str(run["finished_at"]),
            "rehearsed": tool["provider"] in ("rehearsal", "cassette") or bool(run.get("replay_of")),
        }
        told = f"{run['name']}: {run['outcome']}"
        loose = bool(run["unlocked"]) or run["lock_from"] != "base"
        good = run["name"] == "review" and run["outcome"] in ("clean", "findings") and not loose
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        return _row(name, "record", "unreadable", f"record.json cannot be read: {type(error).__name__}")
    if wrong := ground.damage(path):
        return _row(name, "record", "unreadable", f"it does not verify: {wrong}"[:300], **facts)
    told += ", not under the lock of its base" if loose else ""
    reading = Reading(kind="record", good=good, told=told)
    status, text = _status(ground, reading, facts["commit"], facts["made_at"], commit)
    return _row(name, "record", status, text, sha256=digests.of_file(path / "record.json"), **facts)


def _lock(ground: Ground) -> list[str]:
    """Return how the subject's own lock and files differ; the host looks by itself, whatever a file says."""
    pinned = locks.of_tree(ground.git, ground.subject.tree)
    try:
        return locks.differences(locks.read(pinned.lock_text, "the subject"), pinned)
    except UsageError as error:
        return [error.message]

"""Downloads what GitLab jobs kept of their runs: the records and the ledger of each, and nothing else of an archive."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from proposer.publish.wire import Request, Store, pages

__all__ = ["Fetched", "fetch"]

_JOBS = frozenset({"propose", "autofix", "release"})
_MEMBER = re.compile(r"\.proposer/(?:ledger|runs/[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}/[A-Za-z0-9][A-Za-z0-9._-]{0,100})")
_LARGEST = 64 * 1024 * 1024
"""Bytes of an archive, and of what is taken out of it."""


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """Jobs whose records were downloaded, and those whose archive is there and of no use."""

    jobs: tuple[int, ...]
    unreadable: tuple[int, ...]


def fetch(store: Store, project: str, folder: Path, since: datetime) -> Fetched:
    """Download the records of all jobs that were made since then.

    `folder` gets `JOB/records/{ledger,runs/RUN/}`, as `proposer.collecting` reads it. An archive that expired, and one
    without a record, is left out.

    Args:
        store: the way to the API.
        project: id or path of the project.
        folder: that there is.
        since: with a time zone.

    Raises:
        ForgeError: GitLab gives no list of jobs, or an archive not for another reason than that it is gone.
    """
    base = f"/projects/{quote(project, safe='')}/jobs"
    jobs, unreadable = list[int](), list[int]()
    for job in _recent(pages(store, base), since):
        data = store.data(Request(method="GET", path=f"{base}/{job}/artifacts"), _LARGEST)
        if data is None:
            continue
        try:
            found = _unpack(data, folder / str(job) / "records")
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError):
            unreadable.append(job)
        else:
            jobs += [job] if found else []
    return Fetched(jobs=tuple(jobs), unreadable=tuple(unreadable))


def _recent(rows: Iterator[dict[str, object]], since: datetime) -> Iterator[int]:
    """Yield the ids of jobs that may have a record; GitLab lists the newest first."""
    for row in rows:
        if datetime.fromisoformat(str(row["created_at"])) < since:
            return
        if row.get("name") in _JOBS and row.get("artifacts_file"):
            yield int(str(row["id"]))


def _unpack(data: bytes, target: Path) -> bool:
    """Write the members that belong to records, under names that lead nowhere else; tell whether there was one."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [one for one in archive.infolist() if _MEMBER.fullmatch(one.filename)]
        if max(len(data), sum(one.file_size for one in members)) > _LARGEST:
            raise ValueError(f"more than {_LARGEST} bytes")
        for member in members:
            path = target / member.filename.removeprefix(".proposer/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(member))
    return bool(members)

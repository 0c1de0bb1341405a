"""What is taken out of the archives of GitLab's jobs."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proposer.publish import downloads, gitlabwire
from proposer.publish.downloads import fetch
from proposer.publish.wire import ForgeError, Store
from standin_gitlab import GitLab

RUN = "20260101T000000Z-0123abcd"
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def archive(**members: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in members.items():
            made.writestr(name, text)
    return stream.getvalue()


def store(forge: GitLab) -> Store:
    return gitlabwire.opened(forge.url, "t", tries=1)


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "member",
    ["../ledger", "/ledger", ".proposer/../ledger", ".proposer/runs/x/record.json", f".proposer/runs/{RUN}/../x",
     f".proposer/runs/{RUN}/.hidden", f".proposer/runs/{RUN}/a/b", f".proposer/runs/{RUN}/", "note.py",
     f".proposer/runs/{RUN}/x\\..\\y", ".proposer/ledger\n"],
)  # fmt: skip
def test_what_is_no_part_of_a_record_stays_in_the_archive(tmp_path: Path, member: str) -> None:
    given = archive(**{member: "x", f".proposer/runs/{RUN}/record.json": "{}", ".proposer/ledger": "l"})
    with GitLab(tmp_path).listening() as forge:
        assert isinstance(forge, GitLab)
        forge.keep(7, "propose", given)
        folder = tmp_path / "records"
        folder.mkdir()
        assert fetch(store(forge), "5", folder, SINCE).jobs == (7,)
        assert names(tmp_path) == {f"records/7/records/runs/{RUN}/record.json", "records/7/records/ledger"}


def test_one_bad_archive_keeps_no_other_from_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "_LARGEST", 4096)
    good = archive(**{f".proposer/runs/{RUN}/record.json": "{}"})
    with GitLab(tmp_path).listening() as forge:
        assert isinstance(forge, GitLab)
        forge.keep(1, "propose", good)
        forge.keep(2, "propose", b"")
        forge.keep(3, "autofix", good[:60])
        forge.keep(4, "release", archive(**{f".proposer/runs/{RUN}/record.json": "x" * 10_000}))  # small, packed
        forge.keep(5, "propose", good + b"\0" * 10_000)  # larger than it may be
        forge.keep(6, "propose", archive(**{"artifacts/admit.json": "{}"}))  # a skip
        forge.keep(7, "tests", good)
        forge.keep(8, "propose", good)
        del forge.archives[8]  # it expired
        fetched = fetch(store(forge), "5", tmp_path, SINCE)
    assert (fetched.jobs, fetched.unreadable) == ((1,), (5, 4, 3, 2))


def test_jobs_before_the_time_are_not_asked_for(tmp_path: Path) -> None:
    with GitLab(tmp_path).listening() as forge:
        assert isinstance(forge, GitLab)
        forge.keep(1, "propose", b"x", made="2025-12-31T23:59:59.000Z")
        assert fetch(store(forge), "5", tmp_path, SINCE).jobs == ()
        assert len(forge.requests) == 1


@pytest.mark.parametrize("path", ["/jobs$", "/artifacts$"])
def test_an_outage_is_told(tmp_path: Path, path: str) -> None:
    with GitLab(tmp_path).listening() as forge:
        assert isinstance(forge, GitLab)
        forge.keep(1, "propose", archive())
        forge.fail("GET", path, 403)
        with pytest.raises(ForgeError, match="403"):
            fetch(store(forge), "5", tmp_path, SINCE)

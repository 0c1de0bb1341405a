"""CI's records on the branch `codex/ledger`: what verifies is kept once, and the next jobs read it from there."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lab import CLEAN, FINDING, Lab, says
from proposer.collecting import Collection, collect
from proposer.errors import RefusedError, UsageError
from proposer.git import Git
from proposer.provenance import calls, shelf
from proposer.provenance.record import Store
from proposer.reports.summary import Summary

JOB = {
    "GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_RUN_ID": "77", "GITHUB_REPOSITORY": "o/r",
    "GITHUB_WORKFLOW": "ci", "GITHUB_HEAD_REF": "topic", "GITHUB_ACTOR": "someone",
}  # fmt: skip
NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def uploaded(lab: Lab) -> tuple[Summary, Path]:
    """A review in a job, and the artifact that the job leaves; the clone itself keeps nothing."""
    summary = lab.review(says("request_changes", FINDING), environment=JOB)
    assert summary.outcome.label == "blocked"
    artifact = lab.scratch / "downloads" / "77" / "codex-review"
    shutil.copytree(lab.root / ".proposer" / "runs", artifact / "runs")
    shutil.copyfile(lab.root / ".proposer" / "ledger", artifact / "ledger")
    shutil.rmtree(lab.root / ".proposer")
    return summary, artifact


def gather(lab: Lab, name: str = "first", **environment: str) -> Collection:
    found = collect(lab.root, lab.scratch / "downloads", lab.scratch / name, environment=JOB | environment, now=NOW)
    lab.git("update-ref", shelf.REFERENCE, Git(cwd=lab.scratch / name).text("rev-parse", "HEAD"))  # what a push does
    return found


def test_a_record_is_kept_once_on_a_branch_without_history(lab: Lab, uploaded: tuple[Summary, Path]) -> None:
    summary, artifact = uploaded
    first = gather(lab)
    assert (first.added, first.known, first.refused, first.exit_code) == ((summary.run,), 0, (), 0)
    names = lab.git("ls-tree", "-r", "--name-only", shelf.REFERENCE).splitlines()
    assert names == ["ledger", f"runs/{summary.run}/record.json", f"runs/{summary.run}/statement.json"]
    assert lab.git("rev-list", "--count", shelf.REFERENCE) == "2"
    again = gather(lab, "second")
    assert (again.added, again.known, again.exit_code) == ((), 1, 0)
    assert lab.git("rev-list", "--count", shelf.REFERENCE) == "2"
    statement = (artifact / "runs" / summary.run / "statement.json").read_bytes()
    kept = shelf.of(Git(cwd=lab.root))
    assert kept is not None
    assert list(kept.statements()) == [(summary.run, statement)]


def test_nothing_of_the_repository_changes(lab: Lab, uploaded: tuple[Summary, Path]) -> None:
    assert uploaded
    before = (lab.git("status", "--porcelain"), lab.git("rev-parse", "HEAD"), lab.git("branch", "--list"))
    gather(lab)
    assert (lab.git("status", "--porcelain"), lab.git("rev-parse", "HEAD"), lab.git("branch", "--list")) == before


def _edit(name: str) -> Callable[[Path, Path], None]:
    def change(record: Path, _: Path) -> None:
        (record / name).write_bytes((record / name).read_bytes() + b" ")

    return change


def _statement(record: Path, _: Path) -> None:
    document = json.loads((record / "statement.json").read_text(encoding="utf-8"))
    document["predicate"]["runDetails"]["metadata"]["finishedOn"] = "2020-01-01T00:00:00Z"
    (record / "statement.json").write_text(json.dumps(document), encoding="utf-8")


def _link(record: Path, _: Path) -> None:
    (record / "answer.md").unlink()
    (record / "answer.md").symlink_to("/etc/hostname")


SPOILED: list[tuple[str, Callable[[Path, Path], Any], dict[str, str]]] = [
    ("answer", _edit("answer.json"), {}),
    ("record", _edit("record.json"), {}),
    ("statement", _statement, {}),
    ("gone", lambda record, _: (record / "prompt.md").unlink(), {}),
    ("added", lambda record, _: (record / "more.txt").write_text("x"), {}),
    ("link", _link, {}),
    ("no-ledger", lambda _, artifact: (artifact / "ledger").unlink(), {}),
    ("cut-ledger", lambda _, artifact: (artifact / "ledger").write_text(""), {}),
    ("renamed", lambda record, _: record.rename(record.with_name("20200101T000000Z-00000000")), {}),
    ("another-job", lambda _, artifact: artifact.parent.rename(artifact.parent.with_name("78")), {}),
    ("another-repository", lambda *_: None, {"GITHUB_REPOSITORY": "o/other"}),
]


@pytest.mark.parametrize(("spoil", "environment"), [row[1:] for row in SPOILED], ids=[row[0] for row in SPOILED])
def test_what_does_not_verify_is_named_and_not_kept(
    lab: Lab, uploaded: tuple[Summary, Path], spoil: Callable[[Path, Path], Any], environment: dict[str, str]
) -> None:
    summary, artifact = uploaded
    spoil(artifact / "runs" / summary.run, artifact)
    found = gather(lab, **environment)
    assert found.added == ()
    assert len(found.refused) == 1
    assert found.exit_code == 7
    assert lab.git("ls-tree", "-r", "--name-only", shelf.REFERENCE) == ""


def test_a_bad_record_keeps_no_good_one_out(lab: Lab, uploaded: tuple[Summary, Path]) -> None:
    summary, artifact = uploaded
    bad = lab.scratch / "downloads" / "78" / "codex-review"
    shutil.copytree(artifact, bad)
    found = gather(lab)
    assert found.added == (summary.run,)
    assert [run for run, _ in found.refused] == [summary.run]
    assert found.exit_code == 7


@pytest.mark.parametrize("damage", ["ledger", "record", "statement", "gone"])
def test_a_branch_that_somebody_changed_takes_nothing_more(
    lab: Lab, uploaded: tuple[Summary, Path], damage: str
) -> None:
    summary, _ = uploaded
    gather(lab)
    tree = lab.scratch / "first"
    place = tree / "runs" / summary.run
    if damage == "ledger":
        (tree / "ledger").write_text("", encoding="utf-8")
    elif damage == "gone":
        shutil.rmtree(place)
    else:
        path = place / f"{damage}.json"
        path.write_bytes(path.read_bytes() + b" ")
    here = Git(cwd=tree)
    here("add", "-A")
    here("commit", "-q", "-m", "x")
    lab.git("update-ref", shelf.REFERENCE, here.text("rev-parse", "HEAD"))
    with pytest.raises(RefusedError, match="ledger"):
        collect(lab.root, lab.scratch / "downloads", lab.scratch / "second", environment=JOB, now=NOW)


def test_folders_must_be_new_and_there(lab: Lab, uploaded: tuple[Summary, Path]) -> None:
    assert uploaded
    with pytest.raises(UsageError, match="exists"):
        collect(lab.root, lab.scratch / "downloads", lab.scratch, environment=JOB, now=NOW)
    with pytest.raises(UsageError, match="is not a folder"):
        collect(lab.root, lab.scratch / "nowhere", lab.scratch / "first", environment=JOB, now=NOW)


def test_the_next_job_carries_over_what_the_last_one_found_and_a_desk_does_not(
    lab: Lab, uploaded: tuple[Summary, Path]
) -> None:
    assert uploaded
    gather(lab)
    job = lab.review(says("request_changes", FINDING), environment=JOB | {"GITHUB_RUN_ID": "79"})
    assert [row["status"] for row in job.carried] == ["persisting"]
    shutil.rmtree(lab.root / ".proposer")
    lab.git("branch", "-q", "-m", "topic")
    desk = lab.review(says("request_changes", FINDING))
    assert [row["status"] for row in desk.carried] == ["new"]


def test_calls_of_other_jobs_count_towards_the_limit_of_the_day(lab: Lab, uploaded: tuple[Summary, Path]) -> None:
    summary, artifact = uploaded
    gather(lab)
    kept = shelf.of(Git(cwd=lab.root))
    assert kept is not None
    assert kept.asked_on(summary.run[:8]) == 0  # a script asked no model
    record = artifact / "runs" / summary.run / "record.json"
    text = record.read_text(encoding="utf-8")
    document = json.loads(text)
    document["tool"]["provider"] = "openai"
    document["result"]["usage"] = {"input_tokens": 5}
    assert shelf._asked(json.dumps(document).encode())  # noqa: SLF001 - a model cannot be asked in a test
    store = Store(lab.scratch)
    store.folder.mkdir()
    assert calls.claim(store, summary.run, 5, elsewhere=3) == 4
    assert shelf.of(Git(cwd=lab.root), "refs/remotes/origin/none") is None


def test_a_job_and_a_desk_make_the_same_record_of_the_same_change(lab: Lab) -> None:
    text = lab.write("../scratch/pull-request.md", "Title\n\nBody of a stranger.\n")
    options: dict[str, Any] = {"texts": (text,), "provider": lab.script(CLEAN), "fresh": True}
    job = lab.review(environment=JOB, **options)
    desk = lab.review(**options)
    assert job.fingerprint == desk.fingerprint
    assert job.run != desk.run
    for name in ("prompt.md", "answer.json"):
        assert (lab.record(job) / name).read_bytes() == (lab.record(desk) / name).read_bytes(), name

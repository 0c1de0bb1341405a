"""Repositories of every kind and in every place: a run works in them, or says what is in its way."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lab import CLEAN, FINDING, Lab, says
from proposer import custody
from proposer.errors import UsageError


def seen(lab: Lab) -> str:
    """Run a review in which the model looks around, and return what it saw."""
    summary = lab.review({"shell": "git log --oneline | head -3; git show --stat HEAD | tail -3; cat note.txt"}, CLEAN)
    assert summary.outcome.label == "clean", summary.message
    assert custody.verify(lab.root, summary.run).verified
    return lab.outputs(summary)


@pytest.mark.sandbox
def test_a_path_with_every_kind_of_sign(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / 'we ird "q\'uo\n" größe [x]*{y}?#'
    place.mkdir()
    shutil.move(lab.root, place / "repo")
    lab.root = place / "repo"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "ca che größe 'x'"))
    monkeypatch.delenv("HOME")
    text = seen(lab)
    assert "change" in text
    assert "a = 1" in text


@pytest.mark.sandbox
def test_the_temporary_folder_serves_where_the_cache_cannot(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "tmp größe 'x'"
    temporary.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    assert "a = 1" in seen(lab)
    assert list(temporary.iterdir()) == []


@pytest.mark.sandbox
def test_a_repository_that_borrows_all_its_objects(lab: Lab, tmp_path: Path) -> None:
    lender = lab.root
    for name in ("first", "second"):
        lab.git("clone", "-q", "--shared", str(lender), str(tmp_path / name))
        lender = tmp_path / name
    lab.root = lender
    assert "change" in seen(lab)


@pytest.mark.sandbox
def test_a_repository_of_sha256_objects(lab: Lab) -> None:
    files = {path: path.read_bytes() for path in lab.root.rglob("*") if path.is_file() and ".git" not in path.parts}
    shutil.rmtree(lab.root)
    lab.root.mkdir()
    lab.git("init", "-q", "-b", "main", "--object-format=sha256")
    for path, data in files.items():
        lab.write(str(path.relative_to(lab.root)), data)
    lab.write("note.txt", "guard()\nkeep\n")
    lab.commit("before")
    lab.write("note.txt", "keep\na = 1\n")
    lab.commit("change")
    assert "a = 1" in seen(lab)
    assert lab.review(says("comment", FINDING), base="", head="").outcome.label in ("clean", "blocked")


@pytest.mark.sandbox
def test_submodules_and_sparse_checkouts(lab: Lab) -> None:
    lab.git("update-index", "--add", "--cacheinfo", f"160000,{lab.git('rev-parse', 'HEAD')},vendor/lib")
    lab.write("far/away.txt", "away\n")
    lab.git("add", "far")
    lab.git("commit", "-q", "-m", "a submodule and a folder")
    lab.git("sparse-checkout", "set", "--cone", "schemas")
    lab.git("sparse-checkout", "add", ".codex", ".agents", ".github", "ledger")
    lab.write("note.txt", "keep\na = 1\nmore = 2\n")
    summary = lab.review({"shell": "ls far vendor; cat note.txt"}, CLEAN, base="HEAD", head="")
    assert (summary.outcome.label, "away.txt" in lab.outputs(summary)) == ("clean", True)
    record = json.loads((lab.record(summary) / "record.json").read_text(encoding="utf-8"))
    assert record["outputs"]["files_changed"] == []
    prompt = (lab.record(summary) / "prompt.md").read_text(encoding="utf-8")
    assert "+more = 2" in prompt
    assert "away" not in prompt


def test_a_partial_clone_says_what_brings_the_rest_and_asks_nobody_for_it(lab: Lab, tmp_path: Path) -> None:
    lab.git("config", "uploadpack.allowFilter", "true")
    lab.git("clone", "-q", "--filter=blob:none", f"file://{lab.root}", str(tmp_path / "partial"))
    shutil.rmtree(lab.root)  # whoever asked the remote would fail in another way
    lab.root = tmp_path / "partial"
    with pytest.raises(UsageError) as caught:
        lab.review(CLEAN)
    assert "git fetch --refetch --no-filter" in caught.value.hint
    assert "missing" in caught.value.message or "failed" in caught.value.message


def test_a_repository_without_a_working_tree_is_refused(lab: Lab, tmp_path: Path) -> None:
    place = tmp_path / "bare.git"
    lab.git("clone", "-q", "--bare", str(lab.root), str(place))
    shutil.copyfile(lab.root / "tasks.py", place / "tasks.py")
    done = lab.inv("codex.review", "--provider", lab.script(CLEAN), "--json", cwd=place)
    document = json.loads(done.stdout)
    assert done.returncode == document["exit"] == 2
    assert "no working tree" in document["message"]


def test_a_repository_of_somebody_else_needs_the_users_word(lab: Lab) -> None:
    for place in (lab.root, lab.root / ".git"):
        try:
            os.chown(place, 12345, 12345)
        except OSError:  # an ordinary user, or the root of a user namespace that maps nobody else
            pytest.skip("left out: a folder can be given to nobody else here")
    options = ("codex.review", "--base", "HEAD~1", "--head", "HEAD", "--provider", lab.script(CLEAN), "--json")
    refused = json.loads(lab.inv(*options).stdout)
    assert (refused["exit"], "safe.directory" in refused["hint"]) == (2, True)
    subprocess.run(
        ["git", "config", "--global", "--add", "safe.directory", str(lab.root)], check=True,
        env={"PATH": os.environ["PATH"], "HOME": str(lab.home)},
    )  # fmt: skip
    assert json.loads(lab.inv(*options).stdout)["outcome"] == "clean"

"""The ratchet over real commits and a real working tree."""

import json

import pytest

from lab import Lab
from proposer.errors import UsageError
from proposer.upkeep import ratchet

SETTINGS = "version = 1\n[limits]\nturns = 10\n"


@pytest.fixture
def guarded(repo: Lab) -> Lab:
    repo.write("proposer.toml", SETTINGS)
    repo.write(".codex/rules/a.rules", 'prefix_rule(pattern = ["x"], decision = "forbidden")\n')
    repo.commit()
    return repo


def test_the_working_tree_counts_committed_or_not(guarded: Lab) -> None:
    assert ratchet.between(guarded.root, "HEAD").exit_code == 0
    guarded.write("proposer.toml", SETTINGS.replace("10", "11"))
    assert ratchet.between(guarded.root, "HEAD").exit_code == 7
    guarded.commit()
    assert ratchet.between(guarded.root, "HEAD").exit_code == 0
    assert ratchet.between(guarded.root, "HEAD~1").exit_code == 7


def test_a_link_in_the_place_of_a_guard_is_no_guard(guarded: Lab) -> None:
    path = guarded.root / ".codex" / "rules" / "a.rules"
    kept = path.rename(guarded.root / "kept.rules")
    path.symlink_to(kept)
    assert [one.code for one in ratchet.between(guarded.root, "HEAD").weakened] == ["rule"]


def test_a_branch_that_is_behind_is_told_so(guarded: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    guarded.git("branch", "old")
    guarded.write("proposer.toml", SETTINGS.replace("10", "5"))
    guarded.commit()
    guarded.git("checkout", "-q", "old")
    report = ratchet.between(guarded.root, "main")
    report.show()
    assert report.behind
    assert "merge or rebase first" in capsys.readouterr().err


def test_a_revision_that_does_not_exist_is_a_usage_error(guarded: Lab) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        ratchet.between(guarded.root, "nowhere")


def test_the_task_prints_one_document_and_exits_with_its_code(guarded: Lab) -> None:
    guarded.write(
        "tasks.py", "from invoke import Collection\nfrom proposer.tasks import codex\nns = Collection(codex)\n"
    )
    guarded.commit()
    guarded.write("proposer.toml", SETTINGS.replace("10", "11"))
    done = guarded.inv("codex.ratchet", "--base", "HEAD", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["exit"]) == (7, 7)
    assert document["schema"] == "proposer/ratchet/v1"
    row = document["weakened"][0]
    assert {key: row[key] for key in ("code", "path", "what", "was", "now")} == {
        "code": "setting", "path": "proposer.toml", "what": "limits.turns", "was": "10", "now": "11",
    }  # fmt: skip
    told = guarded.inv("codex.ratchet", "--base", "HEAD")
    assert row["id"] in told.stdout
    assert "provenance/ratchet.toml" in told.stderr

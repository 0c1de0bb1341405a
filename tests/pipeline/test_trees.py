"""Subjects of every kind, and what a run leaves behind in the user's repository: a record, and nothing else."""

import json
from pathlib import Path

import pytest

from lab import CLEAN, FINDING, Lab, says
from proposer import custody

ODD_NAMES = ["with space.txt", 'quo"te.txt', "new\nline.txt", "größe-日本.txt", "-dash.txt", "back\\slash.txt"]


def objects(lab: Lab) -> list[str]:
    return sorted(str(path) for path in (lab.root / ".git" / "objects").rglob("*"))


def test_a_dirty_tree_is_reviewed_and_not_touched(lab: Lab) -> None:
    lab.write("note.txt", "keep\nstaged = 1\n")
    lab.git("add", "note.txt")
    lab.write("note.txt", "keep\nstaged = 1\nunstaged = 2\n")
    lab.write("new.txt", "untracked = 3\n")
    before = lab.git("status", "--porcelain=v2", "-uall"), (lab.root / ".git/index").read_bytes(), objects(lab)
    summary = lab.review(CLEAN, base="", head="")
    prompt = (lab.record(summary) / "prompt.md").read_text(encoding="utf-8")
    assert {"staged = 1", "unstaged = 2", "untracked = 3"} <= {line.lstrip("+") for line in prompt.splitlines()}
    assert (
        lab.git("status", "--porcelain=v2", "-uall"),
        (lab.root / ".git/index").read_bytes(),
        objects(lab),
    ) == before


def test_staged_looks_at_the_index_alone(lab: Lab) -> None:
    lab.write("note.txt", "keep\nstaged = 1\n")
    lab.git("add", "note.txt")
    lab.write("note.txt", "keep\nunstaged = 2\n")
    summary = lab.review(CLEAN, base="", head="", staged=True)
    prompt = (lab.record(summary) / "prompt.md").read_text(encoding="utf-8")
    assert "+staged = 1" in prompt
    assert "unstaged" not in prompt


def test_a_branch_is_compared_with_the_point_where_it_left_the_base(lab: Lab) -> None:
    lab.git("checkout", "-q", "-b", "topic", "HEAD~1")
    lab.write("topic.txt", "mine\n")
    lab.commit("topic")
    summary = lab.review(CLEAN, base="main", head="topic")
    prompt = (lab.record(summary) / "prompt.md").read_text(encoding="utf-8")
    assert "+mine" in prompt
    assert "a = 1" not in prompt


@pytest.mark.parametrize("name", ODD_NAMES)
def test_files_with_odd_names_are_shown_and_can_carry_findings(lab: Lab, name: str) -> None:
    lab.write(name, "first\nodd = 1\n")
    lab.commit()
    finding = FINDING | {"path": name, "quote": "odd = 1"}
    summary = lab.review(says("comment", finding))
    assert (summary.outcome.label, summary.findings[0].path) == ("blocked", name)
    assert "+odd = 1" in (lab.record(summary) / "prompt.md").read_text(encoding="utf-8")
    assert custody.verify(lab.root, summary.run).verified


def test_a_change_that_does_not_fit_is_incomplete_and_names_the_file(lab: Lab) -> None:
    lab.write("huge.txt", "".join(f"line {number} of a very long file\n" for number in range(160_000)))
    lab.write("small.txt", "small = 1\n")
    lab.commit()
    summary = lab.review(CLEAN)
    assert (summary.outcome.label, summary.not_reviewed) == ("incomplete", ("huge.txt",))
    assert "huge.txt" in summary.message
    assert "+small = 1" in (lab.record(summary) / "prompt.md").read_text(encoding="utf-8")


def test_a_binary_is_excluded_by_name_and_not_shown(lab: Lab) -> None:
    lab.write("image.bin", bytes(range(256)) * 50)
    lab.commit()
    summary = lab.review(CLEAN)
    assert (summary.outcome.label, summary.excluded) == ("clean", ("image.bin",))


def test_a_change_cannot_hide_its_files_by_attributes(lab: Lab) -> None:
    lab.write(".gitattributes", "*.py linguist-generated -diff binary\n")
    lab.write("sly.py", "sly = 1\n")
    lab.commit()
    summary = lab.review(CLEAN)
    assert summary.excluded == ()
    assert "+sly = 1" in (lab.record(summary) / "prompt.md").read_text(encoding="utf-8")


def test_attributes_of_the_base_do_exclude(lab: Lab) -> None:
    lab.write(".gitattributes", "*.gen linguist-generated\n")
    lab.commit("attributes")
    lab.write("x.gen", "made = 1\n")
    lab.commit()
    assert lab.review(CLEAN).excluded == ("x.gen",)


def test_a_symlink_out_of_the_repository_reads_nothing(lab: Lab, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("LINK-MARK\n", encoding="utf-8")
    (lab.root / "link").symlink_to(secret)
    lab.commit()
    summary = lab.review({"shell": "cat link"}, says("comment", FINDING | {"path": "link", "quote": "LINK-MARK"}))
    assert "LINK-MARK" not in lab.outputs(summary)
    assert summary.outcome.label == "incomplete"


def test_a_run_from_a_linked_worktree_and_a_subfolder(lab: Lab, tmp_path: Path) -> None:
    lab.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"), "HEAD")
    (tmp_path / "side" / "note.txt").write_text("keep\nside = 1\n", encoding="utf-8")
    done = lab.inv("codex.review", "--provider", lab.script(CLEAN), "--json", cwd=tmp_path / "side" / "ledger")
    document = json.loads(done.stdout)
    assert document["outcome"] == "clean"
    record = tmp_path / "side" / document["record"]
    assert "+side = 1" in (record / "prompt.md").read_text(encoding="utf-8")


def test_the_users_own_hooks_and_filters_are_not_run(lab: Lab, tmp_path: Path) -> None:
    proof = tmp_path / "ran"
    hook = lab.root / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {proof}\n", encoding="utf-8")
    hook.chmod(0o755)
    lab.git("config", "core.fsmonitor", str(hook))
    lab.git("config", "diff.external", str(hook))
    lab.review(CLEAN)
    lab.review(CLEAN, base="", head="")
    assert not proof.exists()


def test_every_way_to_tamper_with_a_record_is_named(lab: Lab) -> None:
    summary = lab.review(says("comment", FINDING))
    record = lab.record(summary)

    def verify() -> tuple[int, str]:
        result = custody.verify(lab.root, summary.run)
        return result.exit_code, "\n".join(result.problems)

    done = lab.inv("codex.provenance", summary.run, "--verify")
    assert (done.returncode, "verified: " in done.stdout) == (0, True)
    assert verify()[0] == 0
    for path in sorted(record.iterdir()):
        kept = path.read_bytes()
        if kept:
            middle = len(kept) // 2
            path.write_bytes(kept[:middle] + bytes([kept[middle] ^ 1]) + kept[middle + 1 :])
            code, text = verify()
            assert (code, path.name in text) == (7, True), path.name
        path.unlink()
        code, text = verify()
        assert (code, path.name in text) == (7, True), f"without {path.name}"
        path.write_bytes(kept)
    (record / "extra.txt").write_text("x", encoding="utf-8")
    assert verify()[0] == 7
    assert "extra.txt was added" in verify()[1]
    (record / "extra.txt").unlink()
    ledger = lab.root / ".proposer" / "ledger"
    kept = ledger.read_bytes()
    ledger.write_bytes(kept.replace(kept[2:3], b"0" if kept[2:3] != b"0" else b"1", 1))
    assert verify()[0] == 7
    done = lab.inv("codex.provenance", summary.run, "--verify")
    assert (done.returncode, "! " in done.stdout, "does not verify" in done.stderr) == (7, True, True)
    ledger.write_bytes(kept)
    assert verify()[0] == 0


def test_a_record_lists_every_file_and_its_shape_is_the_documented_one(lab: Lab) -> None:
    summary = lab.review(CLEAN)
    record = lab.record(summary)
    document = json.loads((record / "record.json").read_text(encoding="utf-8"))
    names = {path.name for path in record.iterdir()}
    assert set(document["outputs"]["artifacts_sha256"]) == names - {"record.json", "statement.json"}
    assert names >= {
        "events.jsonl", "requests.jsonl", "responses.jsonl", "answer.json", "answer.md", "prompt.md", "stderr.log",
        "log.json",
    }  # fmt: skip
    assert {"schema_version", "tool", "run", "inputs", "policy", "outputs"} <= set(document)
    assert (document["run"]["job_id"], document["run"]["actor"]) == (None, None)
    log = json.loads((record / "log.json").read_text(encoding="utf-8"))
    assert (log["event"], log["codex_cli_version"]) == ("codex.exec.completed", "0.163.0")
    statement = json.loads((record / "statement.json").read_text(encoding="utf-8"))
    assert statement["subject"][0]["name"] == "answer.json"


def test_a_ci_job_names_itself_in_the_record(lab: Lab) -> None:
    job = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_RUN_ID": "77",
        "GITHUB_ACTOR": "someone",
        "GITHUB_REPOSITORY": "o/r",
        "CI": "true",
    }
    summary = lab.review(CLEAN, environment=job)
    run = json.loads((lab.record(summary) / "record.json").read_text(encoding="utf-8"))["run"]
    assert (run["runner"], run["job_id"], run["actor"], run["repo"]) == ("github-actions", "77", "someone", "o/r")

"""`codex.trace` and `codex.incident`: from a commit to its runs and back out of them, and no more than is known."""

import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab import CLEAN, Lab
from proposer import applying, incident, lineage
from proposer.errors import UsageError
from proposer.lineage import Origin
from proposer.provenance.merkle import Proof

WRITING = """
[workflows.mend]
summary = "Test only: a workflow that may write in the stage."
prompt = ".github/codex/prompts/review.md"
schema = "schemas/review.schema.json"
sandbox = "workspace-write"
allowed = ["src/**", "tests/**"]
"""
FIX = {"shell": "sed -i 's/return 0/return sum(rows)/' src/shop.py; echo 'y = 2' > src/more.py"}
pytestmark = pytest.mark.sandbox


@pytest.fixture
def applied(lab: Lab) -> tuple[Lab, str]:
    """Give a repository in which a proposal was applied and committed by `codex.apply`'s own words; and the run."""
    path = lab.root / "proposer.toml"
    path.write_text(path.read_text(encoding="utf-8") + WRITING, encoding="utf-8")
    lab.write("src/shop.py", "def total(rows):\n    return sum(rows)\n")
    lab.relock()
    lab.write("src/shop.py", "def total(rows):\n    return 0\n")
    lab.commit()
    run = lab.review(FIX, CLEAN, name="mend").run
    assert run is not None
    told = applying.apply(lab.root, run)
    lab.commit(f"Mend the total\n\n{told.trailer}")
    return lab, run


def only(lab: Lab, revision: str = "HEAD") -> Origin:
    [run] = lineage.of_commit(lab.root, revision).runs
    return run


def test_a_commit_tells_its_run_its_policy_and_its_instructions(applied: tuple[Lab, str]) -> None:
    lab, run = applied
    done = lab.inv("codex.trace", "--commit", "HEAD", "--json")
    found = json.loads(done.stdout)
    [row] = found["runs"]
    assert (done.returncode, found["commit"], row["run"]) == (0, lab.git("rev-parse", "HEAD"), run)
    assert (row["named_by"], row["statement"], row["record"], row["commit_holds"], row["doubts"]) == (
        ["trailer", "statement"], "commit", "whole", "all", [],
    )  # fmt: skip
    document = json.loads((lab.root / ".proposer/runs" / run / "record.json").read_text(encoding="utf-8"))
    assert row["policy"]["profile"] == document["tool"]["profile"]
    assert row["policy"]["sandbox"] == "workspace-write"
    assert row["instructions"]["prompt"] == f"sha256:{document['inputs']['prompt_sha256']}"
    assert row["instructions"]["codex.lock"] == f"sha256:{document['inputs']['lock_sha256']}"
    assert row["base"] == document["run"]["git"]["base_sha"]
    told = lab.inv("codex.trace", "--commit", "HEAD").stdout
    for words in (f"run {run} (trailer and statement)", "model: gpt-5.5", "prompt: sha256:", "commit holds   all"):
        assert words in told


def test_a_line_leads_to_the_same_run_and_to_none_where_nothing_is_said(applied: tuple[Lab, str]) -> None:
    lab, run = applied
    assert [one.run for one in lineage.of_line(lab.root, "src/shop.py:2").runs] == [run]
    before = lineage.of_line(lab.root, "src/shop.py:1")
    assert (before.runs, before.notes) == ((), ("no run is named: whether Codex had a part in it is unknown",))
    lab.write("src/shop.py", "def total(rows):\n    return 1\n")
    found = lineage.of_line(lab.root, "src/shop.py:2")
    assert (found.commit, found.notes) == (None, ("the line is not committed",))
    lab.git("checkout", "-q", "--", "src/shop.py")
    lab.git("mv", "src/shop.py", "src/new.py")
    lab.commit("Move it")
    assert [one.run for one in lineage.of_line(lab.root / "src", "new.py:2").runs] == [run]


@pytest.mark.parametrize(
    "place",
    ["src/shop.py", "src/shop.py:0", "src/shop.py:99", "src/shop.py:x", "nowhere:1", ":1", "", "-L1:1", "src:1"],
)
def test_what_is_no_line_is_a_usage_error(applied: tuple[Lab, str], place: str) -> None:
    with pytest.raises(UsageError):
        lineage.of_line(applied[0].root, place)


@pytest.mark.parametrize(
    "argv", [[], ["--commit", "HEAD", "--path", "a:1"], ["--commit", "nothing"], ["--commit", "-p"]]
)
def test_what_names_no_commit_is_a_usage_error(applied: tuple[Lab, str], argv: list[str]) -> None:
    assert applied[0].inv("codex.trace", *argv).returncode == 2


def test_a_file_of_a_hostile_repository_runs_nothing(applied: tuple[Lab, str], tmp_path: Path) -> None:
    lab, run = applied
    proof = tmp_path / "ran"
    lab.git("config", "diff.evil.textconv", f"touch {proof}; cat")
    lab.write(".gitattributes", "* diff=evil\n")
    lab.write("ignored", lab.git("rev-parse", "HEAD"))
    lab.git("config", "blame.ignoreRevsFile", str(lab.root / "ignored"))
    lab.commit("Attributes")
    assert [one.run for one in lineage.of_line(lab.root, "src/shop.py:2").runs] == [run]
    lineage.of_commit(lab.root, "HEAD~1")
    assert not proof.exists()


def squash(lab: Lab, run: str) -> None:
    """Put the change on a branch, and merge it as one commit whose message lost the trailer."""
    lab.git("checkout", "-q", "-b", "squashed", "HEAD~1")
    lab.git("merge", "-q", "--squash", "main")
    lab.commit(f"One commit for {run[:4]}")


def forged(lab: Lab, run: str) -> None:
    lab.git(
        "commit", "-q", "--allow-empty", "-m", f"x\n\nAssisted-by: codex:gpt-5.5 (run {run[:-1]}{int(run[-1] == '0')})"
    )


def elsewhere(lab: Lab, _: str) -> None:
    """Work in a clone without records."""
    shutil.rmtree(lab.root / ".proposer")


def another(lab: Lab, run: str) -> None:
    """Put another run's statement under this name."""
    other = run[:-1] + ("1" if run[-1] == "0" else "0")
    path = lab.root / "provenance"
    (path / f"{other}.statement.json").write_bytes((path / f"{run}.statement.json").read_bytes())
    lab.commit(f"x\n\nAssisted-by: codex:gpt-5.5 (run {other})")


def edited(lab: Lab, run: str) -> None:
    """Change the statement that the commit brings."""
    path = lab.root / "provenance" / f"{run}.statement.json"
    path.write_bytes(path.read_bytes().replace(b'"sandbox":"workspace-write"', b'"sandbox":"read-only"'))
    lab.git("commit", "-q", "-a", "--amend", "--no-edit")


def part(lab: Lab, _: str) -> None:
    """Commit a part of the proposal."""
    lab.git("rm", "-q", "src/more.py")
    lab.git("commit", "-q", "-a", "--amend", "--no-edit")


def later(lab: Lab, run: str) -> None:
    """Remove the statement in a later commit, and name the run in one that lacks it."""
    lab.git("rm", "-q", f"provenance/{run}.statement.json")
    lab.commit(f"Tidy\n\nAssisted-by: codex:gpt-5.5 (run {run})")


def gone(lab: Lab, run: str) -> None:
    later(lab, run)
    shutil.rmtree(lab.root / ".proposer")


CASES: dict[str, tuple[Callable[[Lab, str], None], dict[str, Any], str]] = {
    "squashed": (squash, {"named_by": ("statement",), "found": "commit", "holds": "all"}, ""),
    "a trailer alone": (forged, {"found": "", "facts": {}, "holds": "unknown"}, "its statement is not here"),
    "no records": (elsewhere, {"found": "commit", "record": "unknown", "holds": "unknown"}, ""),
    "another run's statement": (another, {"found": "commit"}, "it is the statement of run"),
    "an edited statement": (edited, {"found": "commit", "record": "damaged"}, "does not fit it"),
    "a part": (part, {"record": "whole", "holds": "parts"}, "holds parts of what the run proposed"),
    "in the records alone": (later, {"found": "records", "holds": "parts"}, "not in the commit"),
    "nowhere": (gone, {"found": "", "record": "unknown", "holds": "unknown"}, "its statement is not here"),
}


@pytest.mark.parametrize(("change", "wanted", "doubt"), CASES.values(), ids=CASES)
def test_what_is_known_is_told_from_what_is_not(
    applied: tuple[Lab, str], change: Callable[[Lab, str], None], wanted: dict[str, Any], doubt: str
) -> None:
    lab, run = applied
    if change is later:
        wanted = wanted | {"holds": "all"}
    change(lab, run)
    found = only(lab)
    assert {name: getattr(found, name) for name in wanted} == wanted
    assert any(doubt in text for text in found.doubts) if doubt else found.doubts == ()


def test_a_merge_names_the_runs_of_what_it_merged_and_a_rebase_keeps_them(applied: tuple[Lab, str]) -> None:
    lab, run = applied
    lab.git("checkout", "-q", "-b", "other", "HEAD~1")
    lab.write("other.txt", "x\n")
    lab.commit("Something else")
    lab.git("merge", "-q", "--no-ff", "-m", "Merge", "main")
    found = lineage.of_commit(lab.root, "HEAD")
    assert [(one.run, one.holds) for one in found.runs if one.commit != found.commit] == [(run, "all")]
    assert "it merges 1 commit(s)" in found.notes
    lab.git("checkout", "-q", "main")
    lab.git("rebase", "-q", "--onto", "other~1", "HEAD~1", "main")
    assert only(lab).run == run


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def commands(plan: str) -> list[str]:
    """Return the commands of the first step."""
    return plan.split("```sh\n")[1].split("```", maxsplit=1)[0].splitlines()


def run_all(lab: Lab, lines: list[str]) -> None:
    for line in lines:
        lab.git(*line.split()[1:])


def test_an_incident_is_bundled_and_its_plan_takes_the_change_back(applied: tuple[Lab, str], tmp_path: Path) -> None:
    lab, run = applied
    lab.write("src/later.py", "z = 3\n")
    lab.commit("Something later")
    bad = lab.git("rev-parse", "HEAD~1")
    done = lab.inv("codex.incident", run, "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["record"], [row["commit"] for row in told["commits"]]) == (0, "whole", [bad]), done
    data = (lab.root / "artifacts" / f"incident-{run}.zip").read_bytes()
    files = unpacked(data)
    place = lab.root / ".proposer/runs" / run
    for path in place.iterdir():
        assert files[f"record/{path.name}"] == path.read_bytes()
    proof = json.loads(files["proof.json"])
    steps = tuple(bytes.fromhex(step) for step in proof["path"])
    made = Proof(index=proof["index"], size=proof["size"], leaf=bytes.fromhex(proof["leaf"]), path=steps,
                 root=bytes.fromhex(proof["root"]))  # fmt: skip
    assert made.verify(bytes.fromhex(proof["statement"].removeprefix("sha256:")))
    assert files["ledger.head"] == (lab.root / "provenance/ledger.head").read_bytes()
    assert json.loads(files["incident.json"])["run"] == run
    # The same bytes again, by the commit.
    by_commit = incident.bundle(lab.root, bad, tmp_path / "again.zip")
    assert (by_commit.run, (tmp_path / "again.zip").read_bytes()) == (run, data)

    run_all(lab, commands(files["PLAN.md"].decode()))
    assert lab.git("diff", "--stat", f"{bad}~1", "HEAD", "--", "src/shop.py", "src/more.py", "provenance") == ""
    assert (lab.root / "src/later.py").exists()
    again = incident.bundle(lab.root, run, tmp_path / "after.zip")
    assert [one.reverted for one in again.commits] == [True]
    assert "was taken back already" in unpacked((tmp_path / "after.zip").read_bytes())["PLAN.md"].decode()


def test_a_merge_that_names_the_run_is_reverted_as_one(applied: tuple[Lab, str], tmp_path: Path) -> None:
    lab, run = applied
    trailer = lab.git("log", "-1", "--format=%B").splitlines()[-1]
    lab.git("checkout", "-q", "-b", "trunk", "HEAD~1")
    lab.git("merge", "-q", "--no-ff", "--no-commit", "main")
    lab.git("commit", "-q", "-m", f"Merge\n\n{trailer}")
    made = incident.bundle(lab.root, run, tmp_path / "x.zip")
    assert [(one.merge, "-m 1" in one.revert) for one in made.commits] == [(True, True)]
    run_all(lab, commands(unpacked((tmp_path / "x.zip").read_bytes())["PLAN.md"].decode()))
    assert lab.git("diff", "--stat", "HEAD~1^1", "HEAD") == ""


def test_what_drifted_since_the_last_good_run_is_named_and_restored(lab: Lab, tmp_path: Path) -> None:
    good = lab.review(CLEAN).run
    lab.write(
        ".github/codex/prompts/review.md", (lab.root / ".github/codex/prompts/review.md").read_text() + "\nMore.\n"
    )
    lab.relock()
    lab.write("note.txt", "again\n")
    lab.commit()
    bad = lab.review({"http": 500}, {"http": 500}).run or ""
    made = incident.bundle(lab.root, bad, tmp_path / "x.zip")
    assert made.drift.good == good
    names = [name for name, *_ in made.drift.instructions]
    assert {"codex.lock", "prompt"} <= set(names)
    assert [name for name, _ in made.drift.files] == [".github/codex/prompts/review.md"]
    plan = unpacked((tmp_path / "x.zip").read_bytes())["PLAN.md"].decode()
    [command] = [line for line in plan.splitlines() if line.startswith("git checkout") and "review.md" in line]
    run_all(lab, [command])
    assert "More." not in (lab.root / ".github/codex/prompts/review.md").read_text(encoding="utf-8")
    assert "No commit of HEAD's history names the run" in plan


def test_a_damaged_record_is_bundled_as_one_and_nothing_behind_a_link_is(
    applied: tuple[Lab, str], tmp_path: Path
) -> None:
    lab, run = applied
    place = lab.root / ".proposer/runs" / run
    (place / "answer.md").write_text("x", encoding="utf-8")
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    (place / "more").symlink_to(tmp_path / "secret")
    made = incident.bundle(lab.root, run, tmp_path / "x.zip")
    assert made.record == "damaged"
    assert "more is not a regular file" in made.problems
    files = unpacked((tmp_path / "x.zip").read_bytes())
    assert "record/more" not in files
    assert b"damaged" in files["PLAN.md"]


def test_a_run_whose_record_is_gone_is_bundled_from_its_commit(applied: tuple[Lab, str], tmp_path: Path) -> None:
    lab, run = applied
    shutil.rmtree(lab.root / ".proposer")
    made = incident.bundle(lab.root, run, tmp_path / "x.zip")
    assert (made.record, len(made.commits)) == ("gone", 1)
    assert "statement.json" in unpacked((tmp_path / "x.zip").read_bytes())


@pytest.mark.parametrize("subject", ["", "nothing", "HEAD~1", "20990101T000000Z-00000000", "../x"])
def test_a_subject_that_names_no_run_is_a_usage_error(applied: tuple[Lab, str], subject: str) -> None:
    with pytest.raises(UsageError):
        incident.bundle(applied[0].root, subject)


def test_texts_of_a_commit_stay_text_in_the_plan(applied: tuple[Lab, str], tmp_path: Path) -> None:
    lab, run = applied
    subprocess.run(["git", "config", "i18n.commitEncoding", "utf-8"], cwd=lab.root, check=True)
    trailer = lab.git("log", "-1", "--format=%B").splitlines()[-1]
    lab.commit(f"```\n<script>alert(1)</script> @everyone [x](javascript:alert(1))\n\n{trailer}")
    incident.bundle(lab.root, run, tmp_path / "x.zip")
    plan = unpacked((tmp_path / "x.zip").read_bytes())["PLAN.md"].decode()
    assert "<script>" not in plan
    assert "](javascript:" not in plan

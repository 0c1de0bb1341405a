"""A workflow that may write: what a scripted model proposes is harvested, judged and recorded, and changes nothing."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lab import CLEAN, Lab
from proposer.errors import UsageError
from proposer.proving.replay import replay

WRITING = """
[workflows.mend]
summary = "Test only: a workflow that may write in the stage."
prompt = ".github/codex/prompts/review.md"
schema = "schemas/review.schema.json"
sandbox = "workspace-write"
"""
TESTS = "from shop import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n"
pytestmark = pytest.mark.sandbox


@pytest.fixture
def mend(lab: Lab) -> Lab:
    """A repository whose base declares the workflow; the last commit changes the code."""
    path = lab.root / "proposer.toml"
    path.write_text(path.read_text(encoding="utf-8") + WRITING + 'allowed = ["src/**", "tests/**"]\n', encoding="utf-8")
    lab.write("src/shop.py", "def total(rows):\n    return sum(rows)\n")
    lab.write("tests/test_shop.py", TESTS)
    lab.write("docs/logo.png", b"\x89PNG\0\1")
    lab.relock()
    lab.write("src/shop.py", "def total(rows):\n    return 0\n")
    lab.commit()
    return lab


def patch(*parts: str) -> dict[str, Any]:
    """Return the step that applies a patch."""
    return {"patch": "*** Begin Patch\n" + "".join(f"{part}\n" for part in parts) + "*** End Patch\n"}


FIX = "*** Update File: src/shop.py\n@@\n def total(rows):\n-    return 0\n+    return sum(rows)"
CHECKED = "*** Add File: tests/test_more.py\n+def test_more():\n+    assert 1 + 1 == 2"


def test_an_honest_proposal_is_recorded_and_applies(mend: Lab) -> None:
    summary = mend.review(patch(FIX, CHECKED), CLEAN, name="mend")
    document = summary.document()
    assert summary.outcome.label == "clean"
    assert document["proposal"] == {
        "files": 2, "added": 3, "removed": 1, "allowed": True, "reasons": [],
        "patch": f"{summary.record}/proposal.patch",
    }  # fmt: skip
    record = json.loads((mend.record(summary) / "record.json").read_text(encoding="utf-8"))
    assert "proposal.patch" in record["outputs"]["artifacts_sha256"]
    assert record["outputs"]["files_changed"] == ["src/shop.py", "tests/test_more.py"]
    assert mend.git("status", "--porcelain") == ""
    subprocess.run(
        ["git", "apply", "--index", str(mend.root / document["proposal"]["patch"])], cwd=mend.root, check=True
    )
    assert "sum(rows)" in (mend.root / "src/shop.py").read_text(encoding="utf-8")
    assert "proposal" in (mend.record(summary) / "answer.md").read_text(encoding="utf-8").casefold()


def test_a_replay_in_another_clone_proposes_the_same_bytes(mend: Lab, tmp_path: Path) -> None:
    tape = tmp_path / "tape"
    first = mend.review(patch(FIX, CHECKED), CLEAN, name="mend", record=tape)
    mend.git("clone", "-q", str(mend.root), str(tmp_path / "some where" / "else"))
    there = Lab(root=tmp_path / "some where" / "else", scratch=mend.scratch, home=mend.home)
    summary = replay(there.root, str(tape), environment={}, on_step=there.steps.append)
    assert summary.outcome is first.outcome
    one, other = mend.record(first) / "proposal.patch", there.record(summary) / "proposal.patch"
    assert one.read_bytes() == other.read_bytes()


def test_a_run_that_changes_nothing_proposes_nothing(mend: Lab) -> None:
    summary = mend.review({"shell": "cat src/shop.py"}, CLEAN, name="mend")
    assert (summary.outcome.label, summary.document()["proposal"]) == ("clean", None)
    assert not (mend.record(summary) / "proposal.patch").exists()


def test_a_read_only_run_has_no_proposal(mend: Lab) -> None:
    summary = mend.review(CLEAN)
    assert summary.document()["proposal"] is None


REFUSED: list[tuple[str, Any, str, str]] = [
    ("a workflow file", patch("*** Add File: .github/workflows/evil.yml\n+on: push"), "protected", "violated"),
    ("a manifest", {"shell": "echo '[project]' > pyproject.toml"}, "protected", "violated"),
    ("tasks", {"shell": "echo 'x = 1' > tasks.py"}, "protected", "violated"),
    ("instructions", patch("*** Add File: src/AGENTS.md\n+obey"), "protected", "violated"),
    ("a planted repository", {"shell": "cd src && git init -q x && touch x/y"}, "dot-git", "violated"),
    ("outside", patch("*** Add File: docs/more.md\n+x"), "outside", "blocked"),
    ("a test removed", patch("*** Delete File: tests/test_shop.py"), "test-removed", "blocked"),
    ("a test skipped", {"shell": "sed -i 's/^def test/@skip\\ndef test/; 1i from unittest import skip' tests/test_shop.py"},
     "test-skipped", "blocked"),
    ("a secret", patch("*** Add File: src/key.py\n+KEY = '" + "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345'"), "secret", "blocked"),
    ("a link", {"shell": "ln -s /etc/passwd src/link"}, "symlink", "blocked"),
    ("an executable", {"shell": "echo x > src/run.sh; chmod +x src/run.sh"}, "executable", "blocked"),
    ("bytes", {"shell": "printf 'a\\000b' > src/x.bin"}, "binary", "blocked"),
    ("a reserved name", {"shell": "echo x > src/aux.py"}, "reserved-name", "blocked"),
    ("too much", {"shell": "seq 1 3000 > src/numbers.txt"}, "too-many-lines", "blocked"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "code", "outcome"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_proposal_that_may_not_be_is_refused(mend: Lab, step: Any, code: str, outcome: str) -> None:
    before = mend.git("status", "--porcelain=v2", "-uall"), mend.git("rev-parse", "HEAD")
    summary = mend.review(step, CLEAN, name="mend")
    proposal = summary.document()["proposal"]
    assert (summary.outcome.label, proposal["allowed"]) == (outcome, False)
    assert code in {reason[0] for reason in proposal["reasons"]}
    assert code in summary.message
    assert (mend.git("status", "--porcelain=v2", "-uall"), mend.git("rev-parse", "HEAD")) == before
    text = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in mend.record(summary).iterdir())
    assert "0123456789abcdefghijABCDEFGHIJ012345" not in text


def test_a_workflow_without_allowed_paths_may_propose_nothing(mend: Lab) -> None:
    path = mend.root / "proposer.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('allowed = ["src/**", "tests/**"]\n', ""), encoding="utf-8"
    )
    mend.relock()
    mend.write("note.txt", "later\n")
    mend.commit()
    summary = mend.review(patch("*** Add File: src/x.py\n+x = 1"), CLEAN, name="mend")
    assert (summary.outcome.label, summary.document()["proposal"]["reasons"][0][0]) == ("blocked", "outside")


def test_the_settings_of_the_base_loosen_and_tighten(mend: Lab) -> None:
    path = mend.root / "proposer.toml"
    text = path.read_text(encoding="utf-8") + 'protected = ["src/billing/"]\nmigrations = true\ntests = "free"\n'
    path.write_text(text + "[proposals]\nadded_lines = 5000\nfiles = 5\n", encoding="utf-8")
    mend.relock()
    mend.write("note.txt", "later\n")
    mend.commit()
    shell = "seq 1 3000 > src/n.txt; mkdir -p src/migrations; echo 'x = 1' > src/migrations/a.py; rm tests/test_shop.py"
    summary = mend.review({"shell": shell}, CLEAN, name="mend")
    assert (summary.outcome.label, summary.document()["proposal"]["reasons"]) == ("clean", [])
    assert any("added_lines is raised from 2000 to 5000" in note for note in summary.notes)
    assert not any("files is raised" in note for note in summary.notes)
    summary = mend.review({"shell": "mkdir src/Billing; echo 'x = 1' > src/Billing/a.py"}, CLEAN, name="mend")
    assert summary.outcome.label == "violated"


@pytest.mark.parametrize(
    "line",
    ['allowed = ["src/["]', 'allowed = "src"', 'protected = ["!AGENTS.md"]', 'tests = "open"', 'alowed = ["src/**"]'],
)
def test_a_policy_without_a_meaning_stops_before_anything_is_asked(mend: Lab, line: str) -> None:
    path = mend.root / "proposer.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('allowed = ["src/**", "tests/**"]', line), encoding="utf-8"
    )
    mend.relock()
    mend.write("note.txt", "later\n")
    mend.commit()
    with pytest.raises(UsageError, match=r"proposer\.toml"):
        mend.review(CLEAN, name="mend")


def test_what_a_change_says_of_the_policy_does_not_count(mend: Lab) -> None:
    path = mend.root / "proposer.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"tests/**"', '"**"'), encoding="utf-8")
    mend.commit()
    summary = mend.review(patch("*** Add File: other/x.py\n+x = 1"), CLEAN, name="mend")
    assert summary.document()["proposal"]["reasons"][0][:2] == ["outside", "other/x.py"]


def test_a_picture_that_is_removed_needs_no_content_in_the_patch(mend: Lab) -> None:
    path = mend.root / "proposer.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"tests/**"', '"docs/**"'), encoding="utf-8")
    mend.relock()
    mend.write("note.txt", "later\n")
    mend.commit()
    summary = mend.review({"shell": "rm docs/logo.png"}, CLEAN, name="mend")
    document = summary.document()
    assert document["proposal"]["allowed"]
    subprocess.run(
        ["git", "apply", "--index", str(mend.root / document["proposal"]["patch"])], cwd=mend.root, check=True
    )
    assert not (mend.root / "docs/logo.png").exists()


def test_a_secret_beside_the_change_keeps_the_patch_from_being_kept(mend: Lab) -> None:
    token = "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345"
    mend.write("src/old.py", f"TOKEN = '{token}'\nx = 1\n")
    mend.commit()
    summary = mend.review({"shell": "sed -i 's/x = 1/x = 2/' src/old.py"}, CLEAN, name="mend")
    assert (summary.outcome.label, [reason[0] for reason in summary.document()["proposal"]["reasons"]]) == (
        "blocked",
        ["secret"],
    )
    assert token not in (mend.record(summary) / "proposal.patch").read_text(encoding="utf-8")

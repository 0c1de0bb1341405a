"""The doctor sees instructions that are cut, skills that Codex skips, and names of what is not there."""

import json
from typing import Any

import pytest

from lab import Lab
from proposer.config import lock as locks
from proposer.errors import UsageError
from proposer.invocation import binary, home
from proposer.proving import guidance


def arrives(lab: Lab) -> str:
    pinned = locks.of_worktree(lab.root)
    return guidance.arrives(pinned.files, binary=binary.find(), lock=locks.read(pinned.lock_text, "here"))


def checks(lab: Lab) -> tuple[int, dict[str, Any]]:
    done = lab.inv("codex.doctor", "--json")
    return done.returncode, {row["name"]: row for row in json.loads(done.stdout)["checks"]}


def test_every_agents_file_and_skill_arrives_in_a_real_request(lab: Lab) -> None:
    lab.write("ledger/AGENTS.override.md", "instead\n")
    assert arrives(lab) == "2 AGENTS.md and 1 skill(s) arrive in a request"


@pytest.mark.parametrize("cut", [10, -60], ids=["most", "the-end"])
def test_instructions_that_are_cut_are_noticed(lab: Lab, monkeypatch: pytest.MonkeyPatch, cut: int) -> None:
    whole = home.agents_chain
    monkeypatch.setattr(home, "agents_chain", lambda files: whole(files)[:cut])
    with pytest.raises(UsageError, match="does not arrive whole"):
        arrives(lab)


def test_a_skill_that_codex_skips_is_noticed(lab: Lab) -> None:
    lab.write(".agents/skills/silent/SKILL.md", "---\nname: silent\n---\nx\n")
    with pytest.raises(UsageError, match=r"does not list the skill \.agents/skills/silent/SKILL\.md"):
        arrives(lab)


def test_the_doctor_says_so_and_exits_2(lab: Lab) -> None:
    code, found = checks(lab)
    assert (code, {name: found[name]["status"] for name in ("names", "budget", "instructions")}) == (
        0,
        {"names": "ok", "budget": "ok", "instructions": "ok"},
    )
    lab.write("AGENTS.md", "Run `inv codex.gone`.\n" + "x" * 40_000)
    lab.write(".agents/skills/silent/SKILL.md", "x\n")
    lab.relock()
    code, found = checks(lab)
    assert code == 2
    assert {name: found[name]["status"] for name in ("lock", "names", "budget", "instructions")} == {
        "lock": "ok", "names": "error", "budget": "error", "instructions": "error",
    }  # fmt: skip
    assert found["names"]["detail"] == "AGENTS.md:1 names codex.gone, which is no task here"

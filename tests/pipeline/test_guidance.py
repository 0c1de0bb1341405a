"""The doctor sees instructions that are cut, skills that Codex skips, and names of what is not there."""

import json
from typing import Any

import pytest
import yaml

from lab import Lab
from proposer.config import assets
from proposer.config import lock as locks
from proposer.errors import UsageError
from proposer.invocation import binary, home
from proposer.proving import guidance
from proposer.proving.rehearsal import rehearse


def arrives(lab: Lab) -> str:
    pinned = locks.of_worktree(lab.root)
    return guidance.arrives(pinned.files, binary=binary.find(), lock=locks.read(pinned.lock_text, "here"))


def checks(lab: Lab) -> tuple[int, dict[str, Any]]:
    done = lab.inv("codex.doctor", "--json")
    return done.returncode, {row["name"]: row for row in json.loads(done.stdout)["checks"]}


def test_every_agents_file_and_skill_arrives_in_a_real_request(lab: Lab) -> None:
    lab.write("ledger/AGENTS.override.md", "instead\n")
    assert arrives(lab) == "2 AGENTS.md and 1 skill(s) arrive in a request"


def test_the_pinned_codex_lists_every_skill_by_name_with_its_whole_description(lab: Lab) -> None:
    pinned = locks.of_worktree(lab.root)
    folder = assets.folder("skills")
    skills = sorted(folder.glob("*/SKILL.md"))
    files = {f".agents/skills/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in skills}
    found = binary.find()
    [first, *_] = rehearse([], binary=found, lock=locks.read(pinned.lock_text, "here"), files=files)
    text = json.dumps(first["input"], ensure_ascii=False)
    assert len(skills) == 5
    for path in skills:
        fields = yaml.safe_load(path.read_text(encoding="utf-8").split("---\n")[1])
        assert f"- {fields['name']}: {fields['description']} (file: " in text
        assert f"/{fields['name']}/SKILL.md)" in text


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

"""Each rule of the contract of CI jobs has seen a workflow that breaks it."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import bake
from proposer.errors import UsageError
from proposer.upkeep.actions import KNOWN
from proposer.upkeep.workflows import faults

CI = "ci.yml"


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give the workflows of a repository at the highest level, by key broker."""
    known: dict[str, Path] = {}

    def get(broker: str) -> Path:
        if broker not in known:
            answers = {"automation": "branch", "key_broker": broker, "frontend": "nextjs"}
            known[broker] = bake(tmp_path_factory.mktemp("workflows") / "repo", answers) / ".github" / "workflows"
        return known[broker]

    return get


@pytest.mark.parametrize("broker", ["builtin", "codex-action"])
def test_what_is_generated_keeps_every_rule(generated: Callable[[str], Path], broker: str) -> None:
    assert len(list(generated(broker).iterdir())) == 6
    assert faults(generated(broker)) == []


BREACHES = tomllib.loads((Path(__file__).parent / "breaches.toml").read_text(encoding="utf-8"))["breach"]


@pytest.mark.parametrize("breach", BREACHES, ids=[row["id"] for row in BREACHES])
def test_a_workflow_that_breaks_a_rule_is_named(
    generated: Callable[[str], Path], tmp_path: Path, breach: dict[str, str]
) -> None:
    text = (generated(breach.get("broker", "builtin")) / breach["file"]).read_text(encoding="utf-8")
    before = rf"(?s)(\n  {breach['job']}:\n.*?)" if "job" in breach else "(?s)()"
    broken = re.sub(before + breach["old"], r"\g<1>" + breach["new"], text, count=1)
    assert broken != text, "the edit changed nothing"
    path = tmp_path / breach["file"]
    path.write_text(broken, encoding="utf-8")
    found = faults(path)
    assert any(breach["words"] in row for row in found), found
    assert all(row.startswith(f"{path.name}: ") for row in found)


def test_a_job_must_outlast_the_limit_that_the_settings_name(generated: Callable[[str], Path], tmp_path: Path) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / CI).write_bytes((generated("builtin") / CI).read_bytes())
    (tmp_path / "proposer.toml").write_text("[limits]\nwall_seconds = 3600\n", encoding="utf-8")
    assert [row for row in faults(folder) if "before a run of 3600 seconds" in row] != []


@pytest.mark.parametrize(
    "text",
    ["on: push\non: pull_request\n", "- a\n", "a: [\n", "jobs:\n  a:\n    permissions: {}\n    permissions: {}\n"],
    ids=["key-twice", "a-list", "not-yaml", "key-twice-below"],
)
def test_a_file_that_readers_could_take_two_ways_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"a\.yml"):
        faults(tmp_path)


def test_every_action_that_is_generated_is_known(generated: Callable[[str], Path]) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in generated("codex-action").iterdir())
    assert set(re.findall(r"uses: ([\w./-]+)@", text)) <= set(KNOWN)

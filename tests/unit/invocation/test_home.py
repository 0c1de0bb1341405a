"""The private homes: what is put there, and that a change of it is seen."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from proposer.config.lockfile import Lock
from proposer.inputs.stage import Stage
from proposer.inputs.workspace import Workspace
from proposer.invocation import binary, home

FILES = {
    "AGENTS.md": b"root rules\n",
    "ledger/AGENTS.md": b"replaced\n",
    "ledger/AGENTS.override.md": b"ledger rules\n",
    ".codex/rules/default.rules": b"# rules\n",
    ".codex/rules/deep/other.rules": b"# not read by codex\n",
    ".codex/rules/cases.toml": b"# not for codex\n",
    ".codex/config.toml": b'model = "of the repository"\n',
    ".agents/skills/one/SKILL.md": b"---\ndescription: d\n---\n",
    ".agents/skills/one/deep/asset.txt": b"asset\n",
    "schemas/x.json": b"{}",
}
LOCK = Lock(codex_version="1", model="gpt-5.5", effort="medium", proposer_version="1")


def furnish(folder: Path, *, sandbox: str = "read-only", with_shell: bool = True) -> home.Home:
    workspace = Workspace(root=folder, repository=folder / "repo")
    for place in (workspace.stage, workspace.home, workspace.codex_home):
        place.mkdir(exist_ok=True)
    stage = Stage(path=workspace.stage, tree="", touched=(), workspace=workspace)
    return home.furnish(
        stage=stage, binary=binary.find(), lock=LOCK, files=FILES, base_url="http://127.0.0.1:1/x/v1", sandbox=sandbox,
        with_shell=with_shell, readable=(folder / "objects",), read_only=("AGENTS.md",),
    )  # fmt: skip


def test_the_bases_instructions_rules_and_skills_are_there_and_nothing_else(tmp_path: Path) -> None:
    found = furnish(tmp_path)
    assert {str(path.relative_to(found.path)) for path in found.path.rglob("*") if path.is_file()} == {
        "config.toml", "AGENTS.md", "rules/default.rules", "skills/one/SKILL.md", "skills/one/deep/asset.txt",
    }  # fmt: skip
    text = (found.path / "AGENTS.md").read_text(encoding="utf-8")
    assert text.index("root rules") < text.index("ledger rules")
    assert "replaced" not in text


@pytest.mark.parametrize(("sandbox", "root"), [("read-only", "read"), ("workspace-write", "write")])
def test_the_configuration_distrusts_the_stage_and_names_what_may_be_read(
    tmp_path: Path, sandbox: str, root: str
) -> None:
    config = tomllib.loads(furnish(tmp_path, sandbox=sandbox).config)
    assert config["projects"] == {str(tmp_path / "stage"): {"trust_level": "untrusted"}}
    assert (config["model"], config["web_search"], config["project_doc_max_bytes"]) == ("gpt-5.5", "disabled", 0)
    assert "sandbox_mode" not in config
    assert not any(config["features"].values())
    files = config["permissions"]["proposer"]["filesystem"]
    assert files[":workspace_roots"]["."] == root
    assert files[":workspace_roots"].get("AGENTS.md") == ("read" if root == "write" else None)
    assert str(Path.home()) not in files
    assert config["shell_environment_policy"]["inherit"] == "none"


def test_without_a_sandbox_there_is_no_shell(tmp_path: Path) -> None:
    features = tomllib.loads(furnish(tmp_path, with_shell=False).config)["features"]
    assert (features["shell_tool"], features["unified_exec"]) == (False, False)


def test_equal_policies_have_equal_digests_wherever_they_are(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    one, other = furnish(tmp_path / "one"), furnish(tmp_path / "other")
    assert one.config != other.config
    assert one.policy_sha256 == other.policy_sha256
    (tmp_path / "third").mkdir()
    assert furnish(tmp_path / "third", sandbox="workspace-write").policy_sha256 != one.policy_sha256


def write(name: str, text: str = "x") -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")

    return change


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(write("codex/config.toml"), id="configuration"),
        pytest.param(lambda folder: (folder / "codex/config.toml").unlink(), id="configuration-removed"),
        pytest.param(write("codex/managed_config.toml"), id="more-configuration"),
        pytest.param(write("codex/AGENTS.md"), id="instructions"),
        pytest.param(write("codex/AGENTS.override.md"), id="more-instructions"),
        pytest.param(write("codex/rules/default.rules"), id="rules"),
        pytest.param(write("codex/rules/other.rules"), id="more-rules"),
        pytest.param(lambda folder: (folder / "codex/rules/default.rules").unlink(), id="rules-removed"),
        pytest.param(write("codex/skills/one/SKILL.md"), id="a-skill"),
        pytest.param(write("codex/skills/two/SKILL.md"), id="one-more-skill"),
        pytest.param(write("codex/hooks.json"), id="hooks"),
        pytest.param(write("codex/auth.json"), id="a-login"),
        pytest.param(lambda folder: (folder / "codex/skills/link").symlink_to("/etc"), id="a-link"),
        pytest.param(write("home/.agents/skills/x/SKILL.md"), id="skills-at-home"),
        pytest.param(write("home/.codex/config.toml"), id="configuration-at-home"),
        pytest.param(write("home/.gitconfig"), id="git-settings-at-home"),
        pytest.param(lambda folder: (folder / "home/.config").symlink_to("/nowhere"), id="a-dangling-link-at-home"),
    ],
)
def test_every_change_of_what_instructs_codex_is_seen(tmp_path: Path, change: Callable[[Path], None]) -> None:
    found = furnish(tmp_path)
    assert not found.changed()
    change(tmp_path)
    assert found.changed()


@pytest.mark.parametrize("name", ["codex/state_5.sqlite", "codex/tmp/arg0", "codex/sessions/x.jsonl", "home/.cache/x"])
def test_what_codex_keeps_for_itself_is_no_change(tmp_path: Path, name: str) -> None:
    found = furnish(tmp_path)
    write(name)(tmp_path)
    assert not found.changed()

"""What a run's CODEX_HOME holds."""

from pathlib import Path

from proposer.config.lockfile import Lock
from proposer.inputs.stage import Stage
from proposer.inputs.workspace import Workspace
from proposer.invocation import home
from proposer.invocation.binary import Binary


def test_only_rules_files_of_the_rules_folder_itself_become_rules(tmp_path: Path) -> None:
    workspace = Workspace(root=tmp_path, repository=tmp_path)
    workspace.codex_home.mkdir()
    names = ("default.rules", "cases.toml", "more/x.rules", "notes.md")
    home.furnish(
        stage=Stage(path=workspace.stage, tree="", touched=(), workspace=workspace),
        binary=Binary(path=tmp_path / "codex", package=tmp_path, tools=tmp_path, version="0"),
        lock=Lock(codex_version="0", model="m", effort="e", proposer_version="0"),
        files={f".codex/rules/{name}": b"x" for name in names},
        base_url="http://127.0.0.1:1/v1",
        sandbox="read-only",
        with_shell=True,
    )
    assert [path.name for path in (workspace.codex_home / "rules").rglob("*")] == ["default.rules"]

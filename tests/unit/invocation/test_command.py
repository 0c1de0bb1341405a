"""The command line of Codex, and the environment that it gets."""

import os
from pathlib import Path

import pytest

from proposer.inputs.workspace import Workspace
from proposer.invocation import binary, command

NEVER = {
    "-s", "--sandbox", "--yolo", "--full-auto", "--dangerously-bypass-approvals-and-sandbox",
    "--dangerously-bypass-hook-trust", "--trust", "--approve-for-me", "-a", "--ask-for-approval", "--ignore-rules",
    "--ignore-user-config", "-p", "--profile", "-c", "--config", "--enable", "--add-dir", "--search",
    "--skip-git-repo-check", "-m", "--model",
}  # fmt: skip


def call(folder: Path, monkeypatch: pytest.MonkeyPatch) -> command.Command:
    for name in ("OPENAI_API_KEY", "CODEX_HOME", "GITHUB_TOKEN", "LD_PRELOAD", "RUST_LOG", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "leak")
    workspace = Workspace(root=folder, repository=folder / "repo")
    return command.execute(workspace, binary.find(), prompt="hello \ud800 $skill --yolo\r\n", schema=b"{}")


def refused(argv: tuple[str, ...]) -> set[str]:
    """Return the options that no run may have, in any spelling."""
    return {word for word in argv if word.partition("=")[0] in NEVER or (word[:2] in NEVER and word[1:2] != "-")}


def test_no_option_loosens_the_sandbox_or_reads_other_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    argv = call(tmp_path, monkeypatch).argv
    assert refused(argv) == set()
    assert argv[1:6] == ("exec", "--strict-config", "--json", "--ephemeral", "--output-schema")
    assert argv[-3:] == ("-C", str(tmp_path / "stage"), "-")


@pytest.mark.parametrize(
    "word",
    ["-s", "-sread-only", "--sandbox", "--sandbox=workspace-write", "--yolo", "--full-auto", "-cmodel=x", "-pmine",
     "--profile=mine"],
)  # fmt: skip
def test_the_test_before_would_see_such_an_option(word: str) -> None:
    assert refused(("codex", "exec", word)) == {word}


def test_the_prompt_travels_by_standard_input_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = call(tmp_path, monkeypatch)
    assert found.prompt.read_bytes() == b"hello ? $skill --yolo\r\n"
    assert not [word for word in found.argv if "hello" in word]
    assert found.last_message.parent.is_dir()


def test_the_environment_is_private_and_fixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = call(tmp_path, monkeypatch).env
    assert "leak" not in env.values()
    assert (env["HOME"], env["CODEX_HOME"]) == (str(tmp_path / "home"), str(tmp_path / "codex"))
    assert set(env) == {
        "PATH", "HOME", "CODEX_HOME", "TMPDIR", "LC_ALL", "TZ", "NO_COLOR", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_GLOBAL",
    }  # fmt: skip
    assert env["PATH"].endswith(os.defpath)

"""The `proposer` command: what it refuses, what it says, and with which exit code."""

import json
import shutil
from pathlib import Path

import pytest

from lab import Lab
from proposer import cli
from proposer.config.answers import TEMPLATE_FILE


def run(*argv: str) -> int:
    """Run the command; a parser's exit counts like a return."""
    try:
        return cli.main(list(argv))
    except SystemExit as stop:
        return int(stop.code or 0)


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        pytest.param([], "--help", id="no-command"),
        pytest.param(["nwe"], "--help", id="typo"),
        pytest.param(["new"], "--help", id="no-destination"),
        pytest.param(["new", "x", "--set", "stack"], "--set KEY=VALUE", id="no-value"),
        pytest.param(["new", "x", "--no-input", "--set", "stcak=fastapi"], "known:", id="unknown-answer"),
        pytest.param(["new", "x", "--no-input", "--replay-file", "y"], "--no-input", id="two-sources"),
        pytest.param(["update", "."], "holds no .proposer-template.json", id="nothing-to-update"),
        pytest.param(["update", "--check", "--dry-run"], "not allowed with", id="two-ways-to-update"),
    ],
)
def test_a_mistake_is_exit_2_with_the_way_out(
    argv: list[str], words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*argv) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_all_bad_answers_are_named_in_one_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = ["--set", "stack=rails", "--set", "package_name=Not-A-Name", "--set", "author_email=nobody"]
    assert run("new", str(tmp_path / "x"), "--no-input", *bad) == 2
    message = capsys.readouterr().err
    assert {"stack", "package_name", "author_email"} <= set(message.replace(";", " ").split())
    assert "fastapi" in message
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert run("new", str(tmp_path), "--no-input") == 2
    assert "not an empty folder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_answers_are_kept_and_an_empty_folder_is_taken(tmp_path: Path) -> None:
    target = tmp_path / "here"
    target.mkdir()
    assert (
        run("new", str(target), "--no-input", "--set", "project_name=O'Connor & Søn {{x}}", "--set", "project_slug=son")
        == 0
    )
    kept = json.loads((target / TEMPLATE_FILE).read_text(encoding="utf-8"))["answers"]
    assert kept["project_name"] == "O'Connor & Søn {{x}}"
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def test_a_fresh_repository_is_up_to_date_and_an_edited_answer_is_an_update(
    repo: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(repo.root)
    assert run("new", str(repo.root), "--no-input") == 0
    assert run("update", str(repo.root), "--check") == 0
    assert "up to date" in capsys.readouterr().out
    repo.git("init", "-q", "-b", "main")
    path = repo.root / TEMPLATE_FILE
    path.write_text(path.read_text(encoding="utf-8").replace("Apache-2.0", "MIT", 1), encoding="utf-8")
    repo.commit()
    assert run("update", str(repo.root), "--check") == 1
    assert "an update exists" in capsys.readouterr().out
    assert run("update", str(repo.root), "--dry-run") == 0
    assert "M LICENSE" in capsys.readouterr().out
    assert repo.git("status", "--short") == ""


def test_version_and_help_teach(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out.startswith("proposer ")
    assert run("--help") == 0
    assert "proposer demo" in capsys.readouterr().out

"""What a newcomer meets first: a quick list, the everyday tasks before the others, and completion in the shell."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from proposer.tasks import about, codex

OURS = "from invoke import Collection\nfrom proposer.tasks import codex\n\nns = Collection(codex)\n"
HEAVY = {
    "cookiecutter", "cryptography", "duckdb", "email.mime", "github", "gitlab", "jinja2", "jsonschema", "keyring",
    "markdown_it", "matplotlib", "numpy", "prometheus_client", "pydantic", "requests", "rich", "securesystemslib",
}  # fmt: skip
"""What takes more than a few milliseconds to import; a task imports it when it runs."""


def listed(folder: Path, tasks: str) -> set[str]:
    """Return the modules that `inv --list` imports, by the interpreter's own account."""
    (folder / "tasks.py").write_text(tasks, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "invoke", "--list"],
        cwd=folder, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert "codex.review" in done.stdout or tasks != OURS
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


def heavy(modules: set[str]) -> set[str]:
    return {name for name in HEAVY if any(module == name or module.startswith(f"{name}.") for module in modules)}


def test_listing_tasks_imports_nothing_heavy(tmp_path: Path) -> None:
    found = listed(tmp_path, OURS)
    assert "proposer.tasks" in found
    assert heavy(found) == set()


def test_a_heavy_import_at_the_top_would_be_seen(tmp_path: Path) -> None:
    assert heavy(listed(tmp_path, f"import pydantic\n{OURS}")) == {"pydantic"}


def test_every_task_is_in_one_group() -> None:
    grouped = [name for names in about.GROUPS.values() for name in names]
    assert sorted([*grouped, "about"]) == sorted(codex.task_names)
    assert len(next(iter(about.GROUPS.values()))) == 6


def test_a_task_without_a_group_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(about, "GROUPS", {"every day": ("doctor",)})
    with pytest.raises(AssertionError):
        test_every_task_is_in_one_group()


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_everyday_tasks_come_first_and_fit(width: int) -> None:
    rows = about.lines(codex.tasks, width)
    named = re.findall(r"(?m)^  inv codex\.([a-z-]+) ", "\n".join(rows))
    assert named[:6] == ["doctor", "review", "show", "apply", "report", "lock"]
    assert len(named) == len(codex.task_names) - 1
    assert all(len(row) <= max(width, 52) for row in rows[:-2])


def test_the_list_says_where_to_start_before_any_other_task_of_ours(tmp_path: Path) -> None:
    (tmp_path / "tasks.py").write_text(OURS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "invoke", "--list"], cwd=tmp_path, capture_output=True, text=True, check=True,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    first = " ".join(" ".join(done.stdout.split("codex.admit")[0].split()).split()[2:])
    assert first.startswith("codex.about (codex) Start here.")
    for name in about.GROUPS["every day"]:
        assert name in first


SHELLS = {
    "bash": "source <({inv} --print-completion-script bash); COMP_WORDS=({words}); "
    "COMP_CWORD=$((${{#COMP_WORDS[@]}}-1)); "
    '_complete_invoke inv "{last}" x; printf "%s\\n" "${{COMPREPLY[@]}}"',
    "fish": "{inv} --print-completion-script fish | source; complete --command inv --wraps invoke; "
    "complete -C '{words}'",
}


@pytest.mark.parametrize("shell", [name for name in SHELLS if shutil.which(name)])
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("inv codex.re", {"codex.release-notes", "codex.replay", "codex.report", "codex.review"}),
        ("inv codex.review --ba", {"--base"}),
    ],
)
def test_a_real_shell_completes_tasks_and_options(tmp_path: Path, shell: str, words: str, expected: set[str]) -> None:
    (tmp_path / "tasks.py").write_text(OURS, encoding="utf-8")
    folder = Path(sys.executable).parent
    script = SHELLS[shell].format(inv=folder / "inv", words=words, last=words.rpartition(" ")[2])
    done = subprocess.run(
        [shutil.which(shell) or shell, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert expected <= {line.split("\t")[0] for line in done.stdout.splitlines()}
    assert "codex.show" not in done.stdout


# zsh completes at a terminal only: what is typed, until what is expected stands there.
ZSH = """
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'autoload -Uz compinit; compinit -u -D; source <(inv --print-completion-script zsh); print RE""ADY'
said() { until [[ $seen == *$1* ]] || (( SECONDS > 50 )); do zpty -r -t z more && seen+=$more || sleep 0.05; done }
said READY
zpty -w -n z $1$'\t'
said $2
print -rn -- $seen
"""


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
@pytest.mark.parametrize(("typed", "rest"), [("inv codex.review --ba", "--base"), ("inv codex.release", "-notes")])
def test_zsh_completes_tasks_and_options(tmp_path: Path, typed: str, rest: str) -> None:
    (tmp_path / "tasks.py").write_text(OURS, encoding="utf-8")
    folder = Path(sys.executable).parent
    done = subprocess.run(
        [shutil.which("zsh") or "zsh", "-f", "-c", ZSH, "zsh", typed, rest], cwd=tmp_path, capture_output=True,
        env={**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path), "TERM": "dumb"},
        stdin=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    assert rest in done.stdout.decode(errors="replace").partition("READY")[2]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script_for_each_shell(tmp_path: Path, shell: str) -> None:
    (tmp_path / "tasks.py").write_text(OURS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "invoke", "--print-completion-script", shell],
        cwd=tmp_path, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert "complete" in done.stdout

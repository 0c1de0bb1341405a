"""The scripts of the generated GitLab jobs run one after the other, as a runner's shell runs them; no runner is here.

What cannot run here: images, installing, rules and stages (`test_ci.py` reads them), protected variables.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench import Bench, clean
from standin_gitlab import GitLab

Benches = Callable[..., Bench]
STANDINS = Path(__file__).parents[1] / "standins"
FINDING = {
    "title": "Amounts are floats", "body": "Cents get lost.", "severity": "P1", "confidence": 0.9, "category": "money",
    "side": "new", "path": "note.py", "start_line": 1, "end_line": 1, "quote": "fee = 0.1",
}  # fmt: skip
REVIEW = {"summary": "s", "verdict": "request_changes", "findings": [FINDING]}


@dataclass
class Shell:
    """A project with a merge request, its forge, and the shell of a runner."""

    bench: Bench
    scratch: Path
    forge: GitLab

    def git(self, *argv: str, cwd: Path | None = None) -> str:
        identity = ["-c", "user.name=ada", "-c", "user.email=ada@localhost"]
        done = subprocess.run(
            ["git", *identity, *argv], cwd=cwd or self.bench.root, env=clean(self.scratch), capture_output=True,
            check=True,
        )  # fmt: skip
        return done.stdout.decode().strip()

    def job(self, name: str, turns: Any, *, after: Path | None = None, **more: str) -> tuple[int, str, Path]:
        """Run a job in a clone of its own; returns its exit code, what it printed, and its folder.

        Args:
            name: of the job.
            turns: what the scripted model does.
            after: folder of the job whose artifacts and variables this one gets.
            more: variables.
        """
        document = yaml.safe_load((self.bench.root / ".gitlab-ci.yml").read_text(encoding="utf-8"))
        job = document[name]
        before = job.get("before_script", document[job["extends"]].get("before_script", []))
        folder = self.scratch / name
        self.git("clone", "-q", "--no-checkout", str(self.bench.root), str(folder))
        variables = dict[str, str]()
        if after is not None:
            for part in (".proposer", "artifacts"):
                shutil.copytree(after / part, folder / part)
            told = (after / "artifacts" / "run.env").read_text(encoding="utf-8")
            variables = dict(line.split("=", 1) for line in told.splitlines())
        if job["extends"] != ".base":
            self.git("checkout", "-q", "--detach", "origin/totals", cwd=folder)
        (self.scratch / "script.json").write_text(
            json.dumps({"schema": "proposer/rehearsal/v1", "turns": turns}), encoding="utf-8"
        )
        environment = self.environment() | variables | more
        script = "\n".join([*before, *job["script"]])
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr, folder

    def environment(self) -> dict[str, str]:
        programs = self.scratch / "bin"
        programs.mkdir(exist_ok=True)
        for name in ("python", "inv"):
            text = f'#!/bin/sh\nexec {sys.executable} {STANDINS / "bin" / "programs.py"} {name} "$@"\n'
            (programs / name).write_text(text, encoding="utf-8")
            (programs / name).chmod(0o755)
        base, head = self.git("rev-parse", "main"), self.git("rev-parse", "totals")
        given = clean(self.scratch)
        return given | {
            "PATH": f"{programs}{os.pathsep}{given['PATH']}", "GITLAB_CI": "true", "CI": "true",
            "PYTHONPATH": os.pathsep.join((str(self.bench.root / "src"), str(self.bench.site))),
            "STANDIN_PYTHON": sys.executable, "STANDIN_SCRIPT": str(self.scratch / "script.json"),
            "STANDIN_CALLS": str(self.scratch / "calls"), "CI_PIPELINE_SOURCE": "merge_request_event",
            "CI_MERGE_REQUEST_IID": "1", "CI_PROJECT_PATH": "acme/shop", "CI_PROJECT_ID": "5",
            "CI_MERGE_REQUEST_PROJECT_ID": "5", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "5", "CI_COMMIT_SHA": head,
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_API_V4_URL": f"{self.forge.url}/api/v4",
            "CI_SERVER_URL": "https://gitlab.com", "CI_JOB_ID": "99", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "totals", "GITLAB_USER_LOGIN": "ada", "GITLAB_USER_ID": "11",
            "CI_MERGE_REQUEST_TITLE": "Add totals", "CI_MERGE_REQUEST_DESCRIPTION": "Please look.",
        }  # fmt: skip


@pytest.fixture
def shells(bench: Benches, tmp_path: Path) -> Callable[..., Any]:
    """Give a shell for a project with a merge request from the branch `totals`."""

    @contextmanager
    def get(**answers: str) -> Iterator[Shell]:
        made = bench(ci="gitlab", key_broker="builtin", **answers)
        scratch = tmp_path / "shell"
        scratch.mkdir()
        with GitLab(made.root / ".git").listening() as forge:
            assert isinstance(forge, GitLab)
            shell = Shell(made, scratch, forge)
            shell.git("add", "-A")
            shell.git("commit", "-q", "-m", "Start")
            shell.git("checkout", "-q", "-b", "totals")
            (made.root / "note.py").write_text("fee = 0.1\n", encoding="utf-8")
            shell.git("add", "-A")
            shell.git("commit", "-q", "-m", "Add a fee")
            forge.open(1, shell.git("rev-parse", "totals"), shell.git("rev-parse", "main"))
            yield shell

    return get


KEY = {"OPENAI_API_KEY": "not-a-key-at-all"}
TOKEN = {"GITLAB_TOKEN": "glpat-" + "x" * 20}


def test_a_merge_request_is_reviewed_and_the_note_is_posted(shells: Callable[..., Any]) -> None:
    with shells() as shell:
        code, log, folder = shell.job("propose", [{"answer": REVIEW}], **KEY)
        assert code == 7, log
        assert not (folder / "note.py").exists()  # the base is checked out, not the change
        [record] = (folder / ".proposer" / "runs").iterdir()
        document = json.loads((record / "record.json").read_text(encoding="utf-8"))
        assert (document["run"]["outcome"], document["run"]["runner"]) == ("blocked", "gitlab-ci")
        assert "Please look." in (record / "prompt.md").read_text(encoding="utf-8")
        assert shell.forge.notes == []
        code, log, published = shell.job("publish", [], after=folder, **TOKEN)
        assert code == 0, log
        [note] = shell.forge.notes
        assert "Amounts are floats" in note["body"]
        assert json.loads((published / "artifacts" / "review.codequality.json").read_text(encoding="utf-8"))


def test_without_a_key_the_job_is_green_and_says_so(shells: Callable[..., Any]) -> None:
    with shells() as shell:
        code, log, folder = shell.job("propose", [{"answer": REVIEW}])
        assert code == 0, log
        assert "there is no key" in log
        assert not (folder / ".proposer" / "runs").exists()
        assert not (folder / "artifacts" / "run.env").exists()


def test_an_outage_ends_with_the_code_that_is_allowed_to_fail(shells: Callable[..., Any]) -> None:
    with shells() as shell:
        code, log, folder = shell.job("propose", [{"http": 401}], **KEY)
        assert code == 4, log
        assert "CODEX_OUTCOME=unavailable" in (folder / "artifacts" / "run.env").read_text(encoding="utf-8")


def test_a_swapped_record_is_refused(shells: Callable[..., Any]) -> None:
    with shells() as shell:
        _, _, folder = shell.job("propose", [{"answer": REVIEW}], **KEY)
        [record] = (folder / ".proposer" / "runs").iterdir()
        (record / "answer.json").write_text("{}", encoding="utf-8")
        code, log, _ = shell.job("publish", [], after=folder, **TOKEN)
        assert code == 7, log
        assert shell.forge.notes == []


def test_nothing_is_published_where_nothing_was_recorded(shells: Callable[..., Any]) -> None:
    with shells() as shell:
        code, log, _ = shell.job("publish", [], **TOKEN)
        assert (code, "nothing was recorded" in log) == (0, True), log
        assert shell.forge.notes == []

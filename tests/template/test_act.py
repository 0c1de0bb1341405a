"""The generated jobs run, under act and without containers: real scripts and tasks, stand-ins for actions and the API.

What cannot run here: installing (`pip install`), `sudo sysctl`, the checks themselves (nox is told what to say),
GitHub's own permissions, environments and concurrency, codex-action.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bench import Bench, clean
from standin_github import GitHub

Benches = Callable[..., Bench]
STANDINS = Path(__file__).parents[1] / "standins"
CLEAN = {"summary": "nothing to report", "verdict": "approve", "findings": []}
FINDING = {
    "title": "Amounts are floats", "body": "Cents get lost.", "severity": "P1", "confidence": 0.9, "category": "money",
    "side": "new", "path": "note.py", "start_line": 1, "end_line": 1, "quote": "fee = 0.1",
}  # fmt: skip


@dataclass
class Runner:
    """A repository with a pull request, its forge, and act."""

    bench: Bench
    scratch: Path
    forge: GitHub
    environment: dict[str, str] = field(default_factory=dict)

    def git(self, *argv: str) -> str:
        identity = ["-c", "user.name=ada", "-c", "user.email=ada@localhost"]
        env = clean(self.scratch)
        done = subprocess.run(["git", *identity, *argv], cwd=self.bench.root, env=env, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def commit(self, message: str) -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")

    def open(self, **more: Any) -> None:
        """Push the change, and open pull request 1 with it."""
        base = self.git("rev-parse", "main")
        self.forge.open(1, self.git("rev-parse", "HEAD"), base, **more)
        subprocess.run(
            ["git", "clone", "-q", "--mirror", str(self.bench.root), str(self.scratch / "origin.git")],
            env=clean(self.scratch), check=True,
        )  # fmt: skip

    def act(
        self, job: str, *, answer: Any, action: str = "synchronize", file: str = "ci.yml", **env: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a job and those that it needs, as the event of pull request 1 does."""
        pull = self.forge.pulls[1]
        repository = {"id": 1, "full_name": "acme/shop", "owner": {"login": "acme"}, "default_branch": "main"}
        event = {"action": action, "number": 1, "pull_request": pull, "repository": repository, "sender": pull["user"]}
        event |= {"label": pull["labels"][-1]} if action == "labeled" else {}
        files = {"event": event, "script": {"schema": "proposer/rehearsal/v1", "turns": answer}}
        for name, document in files.items():
            (self.scratch / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
        programs = self.scratch / "bin"
        programs.mkdir(exist_ok=True)
        for name in ("python", "inv", "sudo"):
            text = f'#!/bin/sh\nexec {sys.executable} {STANDINS / "bin" / "programs.py"} {name} "$@"\n'
            (programs / name).write_text(text, encoding="utf-8")
            (programs / name).chmod(0o755)
        (programs / "artifacts.py").write_bytes((STANDINS / "bin" / "artifacts.py").read_bytes())
        given = {
            "STANDIN_ORIGIN": str(self.scratch / "origin.git"), "STANDIN_BIN": str(programs),
            "STANDIN_ARTIFACTS": str(self.scratch / "artifacts"), "STANDIN_PYTHON": sys.executable,
            "STANDIN_SCRIPT": str(self.scratch / "script.json"), "STANDIN_CALLS": str(self.scratch / "calls"),
            "GITHUB_API_URL": self.forge.url, "GITHUB_REPOSITORY": "acme/shop", "GITHUB_RUN_ID": "77",
            "PYTHONPATH": os.pathsep.join((str(self.bench.root / "src"), str(self.bench.site))),
        } | env  # fmt: skip
        argv = ["pull_request", "-W", f".github/workflows/{file}", "-j", job,
                "-e", str(self.scratch / "event.json"), "-P", "ubuntu-24.04=-self-hosted",
                "--action-offline-mode", "--no-skip-checkout", "--no-cache-server", "--pull=false",
                "--action-cache-path", str(self.scratch / "cache"), "--matrix", "python:3.13",
                "-s", "OPENAI_API_KEY=not-a-key-at-all", "-s", f"GITHUB_TOKEN={'ghs_' + 'x' * 36}"]  # fmt: skip
        for name, value in given.items():
            argv += ["--env", f"{name}={value}"]
        text = "\n".join(path.read_text("utf-8") for path in (self.bench.root / ".github" / "workflows").iterdir())
        for action_name, commit in sorted(set(re.findall(r"uses: actions/([\w-]+)@([0-9a-f]{40})", text))):
            if (STANDINS / action_name).is_dir():
                argv += ["--local-repository", f"actions/{action_name}@{commit}={STANDINS / action_name}"]
        program = str(Path(sys.executable).with_name("act"))
        return subprocess.run(
            [program, *argv], cwd=self.bench.root, env=clean(self.scratch), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def calls(self) -> list[str]:
        path = self.scratch / "calls"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def records(self, artifact: str) -> list[Path]:
        return sorted((self.scratch / "artifacts" / artifact / "runs").glob("*"))


@pytest.fixture
def runners(bench: Benches, tmp_path: Path) -> Callable[..., Any]:
    """Give a runner for a repository with a change on the branch `totals`."""

    @contextmanager
    def get(**answers: str) -> Iterator[Runner]:
        made = bench(**answers)
        scratch = tmp_path / "act"
        scratch.mkdir()
        with GitHub(made.root / ".git").listening() as forge:
            assert isinstance(forge, GitHub)
            forge.permissions["ada"] = "write"
            runner = Runner(made, scratch, forge)
            runner.commit("Start")
            runner.git("checkout", "-q", "-b", "totals")
            (made.root / "note.py").write_text("fee = 0.1\n", encoding="utf-8")
            runner.commit("Add a fee")
            yield runner

    return get


def test_a_green_pull_request_is_reviewed_and_the_comment_is_posted(runners: Callable[..., Any]) -> None:
    with runners(key_broker="builtin") as runner:
        runner.open()
        answer = [{"answer": CLEAN | {"verdict": "request_changes", "findings": [FINDING]}}]
        done = runner.act("publish", answer=answer)
        log = done.stdout + done.stderr
        assert len(runner.records("codex-review")) == 1, log
        [record] = runner.records("codex-review")
        document = json.loads((record / "record.json").read_text(encoding="utf-8"))
        assert document["run"]["outcome"] == "blocked", log
        assert document["run"]["runner"] == "github-actions"
        assert len(runner.forge.comments) == 1, log
        assert "Amounts are floats" in runner.forge.comments[0]["body"]
        # The job that asks is red, for the change is blocked; the one that publishes ran all the same.
        assert done.returncode != 0
        assert re.search(r"propose +\] 🏁  Job failed", log), log
        assert re.search(r"publish +\] 🏁  Job succeeded", log), log
        assert "not-a-key-at-all" not in "".join(path.read_text("utf-8") for path in record.iterdir())
        reviews = [line for line in runner.calls() if line.startswith("inv codex.review")]
        made = document["run"]["git"]
        commits = f"--base {made['base_sha']} --head {made['head_sha']}"
        assert reviews == [f"inv codex.review {commits} --text {_text(reviews)} --json"]

        # The same at a desk: the same fingerprint, prompt and answer, byte for byte.
        text = runner.scratch / "pull-request.md"
        text.write_text("Add totals\n\nPlease look.\n", encoding="utf-8")
        options = ("--base", "main", "--head", "totals", "--text", str(text), "--json")
        desk = runner.bench.run(
            "inv", "codex.review", *options, "--provider", f"rehearsal:{runner.scratch / 'script.json'}"
        )
        summary = json.loads(desk.stdout)
        assert summary["fingerprint"] == f"sha256:{document['run']['fingerprint']}"
        for name in ("prompt.md", "answer.json"):
            assert (runner.bench.root / summary["record"] / name).read_bytes() == (record / name).read_bytes(), name


def test_an_outage_is_no_red_job(runners: Callable[..., Any]) -> None:
    with runners(key_broker="builtin", automation="analyse") as runner:
        runner.open()
        done = runner.act("propose", answer=[{"http": 401}])
        log = done.stdout + done.stderr
        assert done.returncode == 0, log
        assert "::warning title=codex::unavailable" in log or "unavailable: " in log
        assert len(runner.records("codex-review")) == 1, log
        assert runner.forge.writes() == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"draft": True}, "it is a draft"),
        ({"head": {"ref": "totals", "sha": "", "repo": {"id": 2, "full_name": "eve/shop"}}}, "(a fork)"),
        ({"state": "closed"}, "closed"),
    ],
    ids=["draft", "fork", "closed"],
)
def test_what_is_left_alone_is_green_and_says_why(
    runners: Callable[..., Any], more: dict[str, Any], words: str
) -> None:
    with runners(key_broker="builtin") as runner:
        runner.open()
        head = runner.forge.pulls[1]["head"]["sha"]
        runner.forge.pulls[1] |= more
        runner.forge.pulls[1]["head"]["sha"] = head
        done = runner.act("publish", answer=[{"answer": CLEAN}])
        log = done.stdout + done.stderr
        assert done.returncode == 0, log
        assert words in log
        assert not [line for line in runner.calls() if "codex.review" in line or "codex.publish" in line]
        assert runner.records("codex-review") == []
        assert runner.forge.writes() == []


def test_red_tests_are_not_reviewed_and_at_the_highest_level_a_fix_is_tried(runners: Callable[..., Any]) -> None:
    with runners(key_broker="builtin", automation="branch") as runner:
        runner.open()
        log_of_check = "FAILED tests/test_x.py::test_adds_up - assert 1 == 2"
        done = runner.act("autofix", answer=[{"http": 401}], STANDIN_NOX=log_of_check)
        log = done.stdout + done.stderr
        assert not [line for line in runner.calls() if "codex.review" in line]
        assert [line for line in runner.calls() if line.startswith("inv codex.autofix")], log
        assert log_of_check in (runner.scratch / "artifacts" / "check-log-3.13" / "check.log").read_text("utf-8")
        [record] = runner.records("codex-autofix")
        assert "test_adds_up" in (record / "prompt.md").read_text(encoding="utf-8")
        assert runner.forge.writes() == []


def test_a_label_asks_for_a_fix_and_without_it_nothing_is_tried(runners: Callable[..., Any]) -> None:
    with runners(key_broker="builtin", automation="propose") as runner:
        runner.open(labels=[{"name": "codex-fix"}])
        options = {"file": "codex-propose.yml", "action": "labeled", "STANDIN_NOX": "FAILED tests/test_x.py::test_adds"}
        done = runner.act("propose", answer=[{"http": 401}], **options)
        assert len(runner.records("codex-proposal")) == 1, done.stdout + done.stderr
        calls = len(runner.calls())
        runner.forge.pulls[1]["labels"] = [{"name": "bug"}]
        done = runner.act("propose", answer=[{"http": 401}], **options)
        assert done.returncode == 0, done.stdout + done.stderr
        assert len(runner.calls()) == calls
        assert runner.forge.writes() == []


def test_an_artifact_that_was_swapped_is_not_published(runners: Callable[..., Any]) -> None:
    with runners(key_broker="builtin") as runner:
        runner.open()
        swap = "import os, pathlib\nfor path in pathlib.Path(os.environ['STANDIN_ARTIFACTS']).rglob('answer.json'):\n"
        done = runner.act("publish", answer=[{"answer": CLEAN}], STANDIN_SWAP=f"{swap}    path.write_text('{{}}')")
        log = done.stdout + done.stderr
        assert done.returncode != 0, log
        assert len(runner.records("codex-review")) == 1
        assert runner.forge.comments == []
        assert "not published" in log


def _text(calls: list[str]) -> str:
    """Return the file that the job gave as the text of the pull request."""
    found = re.search(r"--text (\S*/pull-request\.md) ", calls[0])
    assert found, calls
    return found[1]

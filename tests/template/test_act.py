"""The generated jobs run, under act and without containers: real scripts and tasks, stand-ins for actions and the API.

What cannot run here: installing (`pip install`), `sudo sysctl`, the checks themselves (nox is told what to say),
GitHub's own permissions, environments and concurrency, codex-action.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bench import Bench, clean
from rehearsals import BROKEN, MENDED
from standin_github import GitHub

Benches = Callable[..., Bench]
STANDINS = Path(__file__).parents[1] / "standins"
CLEAN = {"summary": "nothing to report", "verdict": "approve", "findings": []}
FINDING = {
    "title": "Amounts are floats", "body": "Cents get lost.", "severity": "P1", "confidence": 0.9, "category": "money",
    "side": "new", "path": "note.py", "start_line": 1, "end_line": 1, "quote": "fee = 0.1",
}  # fmt: skip
CHECK = "-m pytest -q -p no:cacheprovider tests/test_fees.py"


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
        self, job: str, *, answer: Any, action: str = "synchronize", file: str = "ci.yml", inputs: Any = None,
        **env: str,
    ) -> subprocess.CompletedProcess[str]:
        """Run a job and those that it needs, as the event of pull request 1 does, or a person who starts it by hand.

        Args:
            job: the last one.
            answer: turns of the scripted model, or turns by task.
            action: what the pull request did.
            file: of the workflow.
            inputs: of whoever starts it by hand.
            env: variables.
        """  # fmt: skip
        pull = self.forge.pulls[1]
        repository = {"id": 1, "full_name": "acme/shop", "owner": {"login": "acme"}, "default_branch": "main"}
        event = {"repository": repository, "sender": pull["user"]}
        if inputs is None:
            event |= {"action": action, "number": 1, "pull_request": pull}
            event |= {"label": pull["labels"][-1]} if action == "labeled" else {}
        else:
            event |= {"inputs": inputs, "ref": "refs/heads/main"}
        scripts = {f".{task}": turns for task, turns in answer.items()} if isinstance(answer, dict) else {"": answer}
        files = {f"script.json{task}": {"schema": "proposer/rehearsal/v1", "turns": turns}
                 for task, turns in scripts.items()} | {"event.json": event}  # fmt: skip
        for name, document in files.items():
            (self.scratch / name).write_text(json.dumps(document), encoding="utf-8")
        programs = self.scratch / "bin"
        programs.mkdir(exist_ok=True)
        for name in ("python", "inv", "sudo", "gh"):
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
        argv = ["pull_request" if inputs is None else "workflow_dispatch", "-W", f".github/workflows/{file}", "-j", job,
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
    def get(*, bug: bool = False, **answers: str) -> Iterator[Runner]:
        made = bench(**answers)
        if bug:
            made.plant()
        scratch = tmp_path / "act"
        scratch.mkdir()
        with GitHub(made.root / ".git").listening() as forge:
            assert isinstance(forge, GitHub)
            forge.permissions["ada"] = "write"
            runner = Runner(made, scratch, forge)
            runner.commit("Start")
            runner.git("checkout", "-q", "-b", "totals")
            made.write("note.py", "fee = 0.1\n")
            if bug:
                made.write("src/PKG/dev/fees.py", BROKEN)
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


def filled(turns: Any, package: str) -> Any:
    """Return turns with the package's name in them."""
    return json.loads(json.dumps(turns).replace("PKG", package))


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("level", "job", "artifact", "options"),
    [
        ("branch", "attest", "codex-autofix", {}),
        ("propose", "attest", "codex-proposal", {"file": "codex-propose.yml", "action": "labeled"}),
    ],
    ids=["red tests", "a label"],
)
def test_a_fix_is_tried_where_nothing_is_secret_and_becomes_a_draft(
    runners: Callable[..., Any], level: str, job: str, artifact: str, options: dict[str, str]
) -> None:
    with runners(key_broker="builtin", automation=level, bug=True) as runner:
        runner.open(labels=[{"name": "codex-fix"}])
        head = runner.forge.pulls[1]["head"]["sha"]
        answer = filled(MENDED, runner.bench.package)
        done = runner.act(job, answer=answer, STANDIN_CHECK=CHECK, **options)
        log = done.stdout + done.stderr
        assert runner.records(artifact), log
        [record] = runner.records(artifact)
        document = json.loads((record / "record.json").read_text(encoding="utf-8"))
        assert document["run"]["outcome"] == "clean", log
        drafts = [pull for pull in runner.forge.pulls.values() if pull["number"] != 1]
        assert [(pull["draft"], pull["head"]["ref"], pull["base"]["ref"]) for pull in drafts] == [
            (True, f"codex/{record.name}", "totals")
        ], log
        # The branch is the change, mended and nothing else; it holds the statement of the run.
        changed = runner.git("diff", "--name-only", head, f"codex/{record.name}").splitlines()
        fees = f"src/{runner.bench.package}/dev/fees.py"
        assert set(changed) == {fees, f"provenance/{record.name}.statement.json"}
        assert "// 1000" in runner.git("show", f"codex/{record.name}:{fees}")
        assert runner.git("rev-parse", f"codex/{record.name}^") == head
        order = [line for line in runner.calls() if line.split()[1] in ("codex.apply", "codex.publish")]
        assert [line.split()[1] for line in order] == ["codex.apply", "codex.publish"]
        attested = {path.name: path.read_bytes() for path in (runner.scratch / "artifacts" / "attested").iterdir()}
        assert attested.pop("type") == b"https://proposer.invalid/statement/v1\n"
        assert attested == {name: (record / name).read_bytes() for name in ("proposal.patch", "statement.json")}


@pytest.mark.sandbox
def test_a_module_that_a_person_asks_for_becomes_a_draft(runners: Callable[..., Any]) -> None:
    with runners(key_broker="builtin", automation="propose") as runner:
        runner.open()
        inputs = {"workflow": "adr", "name": "Keep fees in cents"}
        answer = [{"answer": {
            "summary": "s", "context": "c", "decision": "d", "consequences": "c", "migration_plan": "m",
            "alternatives": [{"name": "a", "why_not": "w"}, {"name": "b", "why_not": "w"}],
        }}]  # fmt: skip
        done = runner.act("publish", answer=answer, file="codex-propose.yml", inputs=inputs)
        log = done.stdout + done.stderr
        assert [line for line in runner.calls() if line.startswith("inv codex.adr Keep fees in cents")], log
        drafts = [pull for pull in runner.forge.pulls.values() if pull["number"] != 1]
        assert [(pull["draft"], pull["base"]["ref"]) for pull in drafts] == [(True, "main")], log
        branch = drafts[0]["head"]["ref"]
        added = runner.git("diff", "--name-only", "--diff-filter=A", "main", branch).splitlines()
        assert [name for name in added if name.startswith("docs/adr/") and "keep-fees-in-cents" in name], added


@pytest.mark.sandbox
@pytest.mark.parametrize("decision", ["go", "no_go"])
def test_a_release_is_decided_on_what_the_checks_of_its_commit_said(
    runners: Callable[..., Any], decision: str
) -> None:
    with runners(key_broker="builtin") as runner:
        runner.bench.write("note.py", '"""A note."""\n')  # nothing for the linter
        head = runner.commit("Say what it is")
        runner.open()
        notes = {"summary": "s", "regressions": [], "migrations": [],
                 "notes": [{"kind": "feature", "text": "Fees are taken", "commits": [head]}]}  # fmt: skip
        answers = {
            "codex.review": [{"answer": CLEAN}], "codex.release-notes": [{"answer": notes}],
            "codex.predeploy": [{"answer": {"summary": "s", "decision": decision, "concerns": []}}],
        }  # fmt: skip
        done = runner.act("propose", answer=answers, file="codex-release.yml", inputs={"since": "main"})
        log = done.stdout + done.stderr
        records = {path.name: path for path in runner.records("codex-release")}
        made = {json.loads((path / "record.json").read_text("utf-8"))["run"]["name"]: path for path in records.values()}
        assert set(made) == {"review", "release-notes", "predeploy"}, log
        reports = runner.scratch / "artifacts" / "release-reports"
        assert "Fees are taken" in (reports / "notes.md").read_text(encoding="utf-8")
        document = json.loads((made["predeploy"] / "record.json").read_text(encoding="utf-8"))
        assert document["run"]["git"]["head_sha"] == head
        assert document["run"]["outcome"] == ("clean" if decision == "go" else "blocked"), log
        assert (done.returncode == 0) is (decision == "go"), log
        evidence = {path.name for path in (runner.scratch / "artifacts" / "evidence").iterdir()}
        assert {"tests.xml", "coverage.json", "audit.json", "ruff.sarif", "drills.json", "lock.json"} < evidence
        assert runner.forge.writes() == []


def test_what_jobs_uploaded_is_kept_on_a_branch_of_its_own(runners: Callable[..., Any]) -> None:
    with runners(key_broker="builtin", automation="comment") as runner:
        runner.open()
        runner.act("propose", answer=[{"answer": CLEAN}])
        [record] = runner.records("codex-review")
        origin = runner.scratch / "server" / "acme" / "shop"
        origin.parent.mkdir(parents=True)
        origin.symlink_to(runner.scratch / "origin.git")
        options = {"file": "codex-collect.yml", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_VALUE_0": "https://github.com/",
                   "GIT_CONFIG_KEY_0": f"url.file://{runner.scratch / 'server'}/.insteadOf"}  # fmt: skip
        before = _references(origin)
        for _ in range(2):  # what was kept is kept once
            done = runner.act("collect", answer=[], inputs={}, **options)
            assert done.returncode == 0, done.stdout + done.stderr
        branch = "refs/heads/codex/ledger"
        assert _references(origin).keys() - before.keys() == {branch}
        assert {name: sha for name, sha in _references(origin).items() if name != branch} == before
        runner.git("fetch", "-q", str(origin), branch)
        kept = runner.git("ls-tree", "-r", "--name-only", "FETCH_HEAD").splitlines()
        assert kept == ["ledger", f"runs/{record.name}/record.json", f"runs/{record.name}/statement.json"]
        assert len(runner.git("show", "FETCH_HEAD:ledger").splitlines()) == 1

        # A record that was changed after its job uploaded it is named, and nothing is pushed.
        shutil.copytree(record, record.with_name(record.name[:-1] + ("0" if record.name[-1] != "0" else "1")))
        after = _references(origin)
        done = runner.act("collect", answer=[], inputs={}, **options)
        assert done.returncode != 0
        assert "look at the jobs that made them" in done.stdout + done.stderr
        assert _references(origin) == after


@pytest.mark.sandbox
@pytest.mark.parametrize("file", ["codex-drill.yml", "codex-pin.yml"])
def test_what_runs_each_week_needs_no_key_and_publishes_nothing(runners: Callable[..., Any], file: str) -> None:
    with runners(key_broker="builtin") as runner:
        runner.open()
        done = runner.act(file.removeprefix("codex-").removesuffix(".yml"), answer=[], file=file, inputs={})
        log = done.stdout + done.stderr
        assert done.returncode == 0, log
        assert runner.forge.requests == []
        called = [line.split()[1] for line in runner.calls() if line.startswith("inv ")]
        weekly = {"codex-drill.yml": ["codex.rules", "codex.drill"],
                  "codex-pin.yml": ["codex.lock", "codex.doctor", "codex.rules", "codex.lock"]}  # fmt: skip
        assert called == weekly[file]
        assert (runner.scratch / "artifacts" / "drills" / "drills.xml").is_file() == ("drill" in file), log


def _references(place: Path) -> dict[str, str]:
    done = subprocess.run(["git", "for-each-ref", "--format=%(refname) %(objectname)"], cwd=place, capture_output=True,
                          check=True, text=True)  # fmt: skip
    return dict(line.split(" ") for line in done.stdout.splitlines())


@pytest.mark.sandbox
def test_a_fix_that_fails_the_checks_elsewhere_is_not_published(runners: Callable[..., Any]) -> None:
    with runners(key_broker="builtin", automation="branch", bug=True) as runner:
        runner.open()
        answer = filled(MENDED, runner.bench.package)
        # Only this checks all that there is: the run itself was told to try one test.
        check = "-c raise(SystemExit('something_else_fails'))"
        done = runner.act("publish-proposal", answer=answer, STANDIN_CHECK=check)
        log = done.stdout + done.stderr
        assert len(runner.records("codex-autofix")) == 1, log
        assert [line for line in runner.calls() if "codex.apply" in line], log
        assert not [line for line in runner.calls() if "codex.publish" in line]
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

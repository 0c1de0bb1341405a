"""The scripts of the generated GitLab jobs run one after the other, as a runner's shell runs them; no runner is here.

What cannot run here: images, installing, rules and stages (`test_ci.py` reads them), protected variables.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench import Bench, clean
from rehearsals import BROKEN, MENDED
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

    def job(
        self, name: str, turns: Any, *, after: Path | None = None, name_of: str = "", **more: str
    ) -> tuple[int, str, Path]:
        """Run a job in a clone of its own; returns its exit code, what it printed, and its folder.

        Args:
            name: of the job.
            turns: what the scripted model does, or that by task.
            after: folder of the job whose artifacts and variables this one gets.
            name_of: of the folder; default: the job's.
            more: variables.
        """
        document = yaml.safe_load((self.bench.root / ".gitlab-ci.yml").read_text(encoding="utf-8"))
        job = document[name]
        before = job.get("before_script", document[job["extends"]].get("before_script", []))
        folder = self.scratch / (name_of or name)
        self.git("clone", "-q", "--no-checkout", str(self.bench.root), str(folder))
        variables = dict[str, str]()
        if after is not None:
            for part in (".proposer", "artifacts", "evidence"):
                if (after / part).exists():
                    shutil.copytree(after / part, folder / part)
            told = after / "artifacts" / "run.env"
            lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
            variables = dict(line.split("=", 1) for line in lines)
        if job["extends"] != ".base":
            self.git("checkout", "-q", "--detach", "origin/totals", cwd=folder)
        scripts = {f".{task}": rows for task, rows in turns.items()} if isinstance(turns, dict) else {"": turns}
        for task, rows in scripts.items():
            document = {"schema": "proposer/rehearsal/v1", "turns": rows}
            (self.scratch / f"script.json{task}").write_text(json.dumps(document), encoding="utf-8")
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
            "CI_MERGE_REQUEST_TITLE": "Add totals", "PYTHON": "3.13", "CI_PROJECT_URL": f"{self.bench.root}/", "CI_MERGE_REQUEST_DESCRIPTION": "Please look.",
        }  # fmt: skip


@pytest.fixture
def shells(bench: Benches, tmp_path: Path) -> Callable[..., Any]:
    """Give a shell for a project with a merge request from the branch `totals`."""

    @contextmanager
    def get(*, bug: bool = False, **answers: str) -> Iterator[Shell]:
        made = bench(ci="gitlab", key_broker="builtin", **answers)
        if bug:
            made.plant()
        scratch = tmp_path / "shell"
        scratch.mkdir()
        with GitLab(made.root / ".git").listening() as forge:
            assert isinstance(forge, GitLab)
            shell = Shell(made, scratch, forge)
            shell.git("add", "-A")
            shell.git("commit", "-q", "-m", "Start")
            shell.git("checkout", "-q", "-b", "totals")
            made.write("note.py", "fee = 0.1\n")
            if bug:
                made.write("src/PKG/dev/fees.py", BROKEN)
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


CHECK = "-m pytest -q -p no:cacheprovider tests/test_fees.py"


@pytest.mark.sandbox
def test_red_tests_are_mended_where_nothing_is_secret_and_the_fix_becomes_a_draft(shells: Callable[..., Any]) -> None:
    with shells(automation="branch", bug=True) as shell:
        head = shell.git("rev-parse", "totals")
        code, log, tests = shell.job("tests", [], STANDIN_CHECK=CHECK)
        assert (code, "test_a_fee_is_a_share" in log) == (1, True), log
        turns = json.loads(json.dumps(MENDED).replace("PKG", shell.bench.package))
        code, log, fixed = shell.job("autofix", turns, after=tests, **KEY)
        assert code == 0, log
        [record] = (fixed / ".proposer" / "runs").iterdir()
        assert "test_a_fee_is_a_share" in (record / "prompt.md").read_text(encoding="utf-8")
        code, log, verified = shell.job("verify", [], after=fixed, STANDIN_CHECK=CHECK)
        assert (code, "1 passed" in log) == (0, True), log
        assert (verified / f"provenance/{record.name}.statement.json").is_file()
        assert shell.forge.writes() == []
        code, log, _ = shell.job("publish-proposal", [], after=fixed, **TOKEN)
        assert code == 0, log
        drafts = [row for row in shell.forge.requests_to_merge.values() if row["iid"] != 1]
        assert [(row["source_branch"], row["target_branch"]) for row in drafts] == [(f"codex/{record.name}", "totals")]
        assert drafts[0]["title"].startswith("Draft: ")
        changed = shell.git("diff", "--name-only", head, f"codex/{record.name}").splitlines()
        fees = f"src/{shell.bench.package}/dev/fees.py"
        assert set(changed) == {fees, f"provenance/{record.name}.statement.json"}


@pytest.mark.sandbox
def test_a_fix_that_was_swapped_is_neither_tried_nor_published(shells: Callable[..., Any]) -> None:
    with shells(automation="branch", bug=True) as shell:
        _, _, tests = shell.job("tests", [], STANDIN_CHECK=CHECK)
        turns = json.loads(json.dumps(MENDED).replace("PKG", shell.bench.package))
        _, log, fixed = shell.job("autofix", turns, after=tests, **KEY)
        [record] = (fixed / ".proposer" / "runs").iterdir()
        statement = record / "statement.json"
        statement.write_bytes(statement.read_bytes() + b"\n")
        for job, more in (("verify", {"STANDIN_CHECK": CHECK}), ("publish-proposal", TOKEN)):
            code, log, _ = shell.job(job, [], after=fixed, **more)
            assert code != 0, log
        assert shell.forge.writes() == []


WEB = {"CI_PIPELINE_SOURCE": "web", "CI_MERGE_REQUEST_DIFF_BASE_SHA": "", "CI_MERGE_REQUEST_IID": "",
       "CI_COMMIT_BRANCH": "main", "CI_COMMIT_REF_NAME": "main", "CI_DEFAULT_BRANCH": "main"}  # fmt: skip
ADR = {
    "summary": "s", "context": "c", "decision": "d", "consequences": "c", "migration_plan": "m",
    "alternatives": [{"name": "a", "why_not": "w"}, {"name": "b", "why_not": "w"}],
}  # fmt: skip


@pytest.mark.sandbox
def test_a_draft_that_a_person_asks_for_is_tried_and_opened(shells: Callable[..., Any]) -> None:
    with shells(automation="propose") as shell:
        web = WEB | {"CI_COMMIT_SHA": shell.git("rev-parse", "main"), "CODEX_WORKFLOW": "adr",
                     "CODEX_NAME": "Keep fees in cents"}  # fmt: skip
        code, log, drafted = shell.job("draft", [{"answer": ADR}], **KEY, **web)
        assert code == 0, log
        code, log, _ = shell.job("verify", [], after=drafted, STANDIN_CHECK="-c pass", **web)
        assert code == 0, log
        assert shell.forge.writes() == []
        code, log, _ = shell.job("publish-proposal", [], after=drafted, **TOKEN, **web)
        assert code == 0, log
        [record] = (drafted / ".proposer" / "runs").iterdir()
        drafts = [row for row in shell.forge.requests_to_merge.values() if row["iid"] != 1]
        assert [(row["source_branch"], row["target_branch"]) for row in drafts] == [(f"codex/{record.name}", "main")]
        added = shell.git("diff", "--name-only", "main", f"codex/{record.name}").splitlines()
        assert [name for name in added if name.startswith("docs/adr/") and "keep-fees-in-cents" in name], added


@pytest.mark.parametrize("job", ["propose", "autofix", "publish", "publish-proposal"])
def test_without_a_base_nothing_of_the_change_is_checked_out(shells: Callable[..., Any], job: str) -> None:
    with shells(automation="branch") as shell:
        code, log, folder = shell.job(job, [], **KEY, CI_MERGE_REQUEST_DIFF_BASE_SHA="")
        assert code != 0, log
        assert [path.name for path in folder.iterdir()] == [".git"]


def test_a_draft_of_nothing_known_is_said(shells: Callable[..., Any]) -> None:
    with shells(automation="propose") as shell:
        web = WEB | {"CI_COMMIT_SHA": shell.git("rev-parse", "main"), "CODEX_WORKFLOW": "review; id", "CODEX_NAME": "x"}
        code, log, _ = shell.job("draft", [], **KEY, **web)
        assert (code, "CODEX_WORKFLOW is scaffold, dto or adr" in log) == (2, True), log


@pytest.mark.sandbox
@pytest.mark.parametrize("decision", ["go", "no_go"])
def test_a_tag_is_decided_on_what_the_checks_of_its_commit_said(shells: Callable[..., Any], decision: str) -> None:
    with shells() as shell:
        shell.bench.write("note.py", '"""A note."""\n')  # nothing for the linter
        shell.git("commit", "-q", "-a", "-m", "Say what it is")
        head = shell.git("rev-parse", "totals")
        shell.git("tag", "v1.0.0", "main")
        code, log, evidence = shell.job("evidence", [])
        assert code == 0, log
        notes = {"summary": "s", "regressions": [], "migrations": [],
                 "notes": [{"kind": "feature", "text": "Fees are taken", "commits": [head]}]}  # fmt: skip
        turns = {
            "codex.review": [{"answer": REVIEW | {"verdict": "approve", "findings": []}}],
            "codex.release-notes": [{"answer": notes}],
            "codex.predeploy": [{"answer": {"summary": "s", "decision": decision, "concerns": []}}],
        }  # fmt: skip
        code, log, folder = shell.job("release", turns, after=evidence, **KEY)
        assert code == (0 if decision == "go" else 7), log
        assert "Fees are taken" in (folder / "artifacts" / "notes.md").read_text(encoding="utf-8")
        documents = [json.loads((path / "record.json").read_text("utf-8"))["run"]
                     for path in (folder / ".proposer" / "runs").iterdir()]  # fmt: skip
        assert {row["name"] for row in documents} == {"review", "release-notes", "predeploy"}
        assert {row["git"]["base_sha"] for row in documents} == {shell.git("rev-parse", "v1.0.0")}
        code, log, folder = shell.job("release", turns, after=evidence, name_of="again")
        assert (code, "nothing was asked" in log) == (0, True), log
        assert not (folder / ".proposer" / "runs").exists()


def packed(folder: Path, **more: str) -> bytes:
    """Return the archive that GitLab makes of what a job keeps, with more members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path in sorted((folder / ".proposer").rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
        for name, text in more.items():
            archive.writestr(name, text)
    return stream.getvalue()


def test_records_of_jobs_are_collected_on_a_branch_of_their_own(shells: Callable[..., Any]) -> None:
    with shells() as shell:
        _, _, folder = shell.job("propose", [{"answer": REVIEW}], **KEY)
        [record] = (folder / ".proposer" / "runs").iterdir()
        before = shell.git("for-each-ref")
        shell.git("config", "receive.advertisePushOptions", "true")  # as GitLab's
        forge = shell.forge
        forge.keep(97, "propose", packed(folder), made="2001-01-01T00:00:00.000Z")  # too old to be looked at
        forge.keep(98, "propose", b"no archive at all")
        forge.keep(99, "propose", packed(folder, **{"../../outside": "x", ".proposer/runs/x": "x", "note.py": "x"}))
        forge.keep(100, "tests", packed(folder))
        del forge.archives[97]
        code, log, place = shell.job("collect", [], LEDGER_TOKEN="glpat-" + "x" * 20)
        assert code == 0, log
        assert "job 98: its archive cannot be read" in log
        found = [path.relative_to(place / "records") for path in (place / "records").rglob("*") if path.is_file()]
        assert {path.parts[0] for path in found} == {"99"}
        assert {path.parts[2] for path in found} == {"ledger", "runs"}
        assert not (shell.scratch / "outside").exists()
        kept = shell.git("ls-tree", "-r", "--name-only", "codex/ledger").splitlines()
        assert kept == ["ledger", f"runs/{record.name}/record.json", f"runs/{record.name}/statement.json"]
        after = [
            line for line in shell.git("for-each-ref").splitlines() if not line.endswith("refs/heads/codex/ledger")
        ]
        assert after == before.splitlines()
        assert forge.writes() == []
        assert all(row["token"] == "glpat-" + "x" * 20 for row in forge.requests)


def test_a_record_that_another_job_uploaded_is_not_collected(shells: Callable[..., Any]) -> None:
    with shells() as shell:
        _, _, folder = shell.job("propose", [{"answer": REVIEW}], **KEY)
        shell.forge.keep(98, "propose", packed(folder))  # job 99 made it
        code, log, _ = shell.job("collect", [], LEDGER_TOKEN="glpat-" + "x" * 20)
        assert (code, "job 99 made it, and job 98 uploaded it" in log) == (7, True), log
        assert "codex/ledger" not in shell.git("for-each-ref")


def test_without_a_token_nothing_is_collected_and_the_job_is_green(shells: Callable[..., Any]) -> None:
    with shells() as shell:
        code, log, _ = shell.job("collect", [])
        assert (code, "nothing was collected" in log) == (0, True), log
        assert shell.forge.requests == []

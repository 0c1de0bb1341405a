"""Every workflow in both stacks, by its task: a good answer, a bad one, a refused command, and what a gate refuses."""

import importlib.util
import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bench import Bench, clean
from proposer.config.settings import parse
from rehearsals import ALL, BROKEN, MIGRATIONS, Rehearsal

Baker = Callable[..., Path]
STACKS = ["fastapi", "django"]
LOG = "FAILED tests/test_fees.py::test_a_fee_is_a_share - assert 250 == 25\n1 failed in 0.03s\n"
ALERT = {
    "ruleId": "R1", "level": "error", "message": {"text": "look"},
    "locations": [
        {"physicalLocation": {"artifactLocation": {"uri": "src/PKG/dev/fees.py"}, "region": {"startLine": 8}}}
    ],
}  # fmt: skip
pytestmark = pytest.mark.sandbox


def scan(*results: dict[str, Any]) -> str:
    return json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": list(results)}]})


def commit(place: Bench) -> str:
    git, env = ["git", "-c", "user.name=a", "-c", "user.email=a@localhost"], clean(place.root.parent)
    subprocess.run([*git, "add", "-A"], cwd=place.root, env=env, check=True)
    subprocess.run([*git, "commit", "-q", "-m", "a step"], cwd=place.root, env=env, check=True)
    done = subprocess.run([*git, "rev-parse", "HEAD"], cwd=place.root, env=env, check=True, capture_output=True)
    return done.stdout.decode().strip()


def evidence(place: Bench, folder: Path, head: str) -> None:
    """Write a complete folder of evidence for a commit, with the record of a review of it."""
    script = folder.parent / "review.json"
    answer = {"answer": {"summary": "s", "verdict": "approve", "findings": []}}
    script.write_text(json.dumps({"schema": "proposer/rehearsal/v1", "turns": [answer]}), encoding="utf-8")
    done = place.run("inv", "codex.review", "--base", "HEAD~1", "--head", "HEAD", "--provider", f"rehearsal:{script}",
                     "--json", XDG_CACHE_HOME=str(place.root.parent / "cache"))  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    record = place.root / json.loads(done.stdout)["record"]
    shutil.copytree(record, folder / record.name)
    shutil.rmtree(place.root / ".proposer")  # the evidence must stand by itself, and each rehearsal begins anew
    reports = {
        "tests.xml": '<testsuite><testcase name="a"/></testsuite>',
        "coverage.json": json.dumps({"totals": {"percent_covered": 91.0}}),
        "audit.json": json.dumps({"dependencies": [{"name": "a", "version": "1", "vulns": []}]}),
        "scan.sarif": scan(),
        "drills.json": json.dumps({"schema": "proposer/drills/v1", "drills": [{"name": "d", "outcome": "contained"}]}),
        "lock.json": place.run("inv", "codex.lock", "--check", "--json").stdout,
    }
    for name, text in reports.items():
        (folder / name).write_text(text, encoding="utf-8")
    now = datetime.now(UTC).isoformat()
    files = {name: {"commit": head, "made_at": now} for name in reports}
    manifest = json.dumps({"schema": "proposer/evidence/v1", "files": files})
    (folder / "evidence.json").write_text(manifest, encoding="utf-8")


@pytest.fixture(scope="session")
def prepared(
    tmp_path_factory: pytest.TempPathFactory, baked: Baker, metadata: Callable[..., Path]
) -> Callable[[str], Bench]:
    """Give a repository of a stack whose last commit brings a bug and a migration; shared, not to be changed."""
    known: dict[str, Bench] = {}

    def get(stack: str) -> Bench:
        if stack not in known:
            folder = tmp_path_factory.mktemp(f"rehearsals-{stack}")
            place = Bench.copy(baked(stack=stack), folder / "bench", metadata(stack=stack))
            place.plant()
            commit(place)
            place.write("src/PKG/dev/fees.py", BROKEN)
            place.write(*MIGRATIONS[stack])
            head = commit(place)
            (folder / "scan.sarif").write_text(scan(ALERT).replace("PKG", place.package), encoding="utf-8")
            (folder / "failing.log").write_text(LOG, encoding="utf-8")
            evidence(place, folder / "evidence", head)
            known[stack] = place
        return known[stack]

    return get


def stub(place: Bench) -> str:
    """Return the shell command of a model that writes the files which the skill's stub makes."""
    spec = importlib.util.spec_from_file_location("stub", place.root / ".agents/skills/dto-and-route/scripts/stub.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    files = script.plan(place.root, "finance", "preview_booking")
    return "\n".join(f"cat > {path} <<'END'\n{text}END" for path, text in files.items())


@pytest.mark.parametrize("rehearsal", ALL, ids=lambda one: one.name)
@pytest.mark.parametrize("stack", STACKS)
def test_a_workflow_comes_to_what_is_documented(
    prepared: Callable[[str], Bench], tmp_path: Path, stack: str, rehearsal: Rehearsal
) -> None:
    shared = prepared(stack)
    place = Bench.copy(shared.root, tmp_path / "bench", shared.site)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=place.root, env=clean(tmp_path), check=True,
                          capture_output=True).stdout.decode().strip()  # fmt: skip
    words = {"PKG": place.package, "HEAD": head, "MIGRATION": MIGRATIONS[stack][0], "TMP": str(shared.root.parent)}

    def filled(text: str) -> str:
        for word in ("MIGRATION", "TMP", "PKG", "HEAD"):
            text = text.replace(word, words[word])
        return text

    turns = [{"shell": stub(place)} if "stub" in turn else turn for turn in rehearsal.turns]
    script = tmp_path / "script.json"
    script.write_text(filled(json.dumps({"schema": "proposer/rehearsal/v1", "turns": turns})), encoding="utf-8")
    argv = [filled(word) for word in rehearsal.argv]
    done = place.run(
        "inv", f"codex.{rehearsal.workflow}", *argv, "--base", head + "~1", "--head", head, "--provider",
        f"rehearsal:{script}", "--json", XDG_CACHE_HOME=str(shared.root.parent / "cache"),
    )  # fmt: skip
    document = json.loads(done.stdout)
    assert (done.returncode, document["exit"]) == (rehearsal.exit, rehearsal.exit), document.get("message", done.stderr)
    assert filled(rehearsal.words) in document["message"]
    assert (document["refused_commands"] > 0) is rehearsal.refused
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=place.root, env=clean(tmp_path), check=True,
                             capture_output=True)  # fmt: skip
    assert changed.stdout == b""
    if document["proposal"] and rehearsal.case == "a good answer":
        assert place.run("inv", "codex.apply", document["run"], "--check").returncode == 0


def test_every_workflow_of_a_generated_repository_is_rehearsed(baked: Baker) -> None:
    declared = parse((baked() / "proposer.toml").read_bytes()).workflows
    for name, workflow in declared.items():
        cases = [one for one in ALL if one.workflow == name]
        assert {"a good answer", "a bad answer", "a refused command"} < {one.case for one in cases}, name
        refusing = [one for one in cases if one.exit in (5, 7)]
        assert refusing, name
        if workflow.sandbox == "workspace-write":
            assert [one for one in cases if one.exit == 8], name

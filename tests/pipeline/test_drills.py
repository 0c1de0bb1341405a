"""Drills: all contained here, each seen to escape once its guard is gone, and none contained that was not tried."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from lab import Lab
from proposer import descendants
from proposer.invocation import sandbox, session
from proposer.proving import drill as drills
from proposer.proving.ground import Ground
from removals import REMOVALS, without_its_guard

CATALOGUE = drills.catalogue()
SHELL_LESS = ("ambient-skill", "answer-duplicate-keys", "poison-agents", "tools-offered", "tool-not-offered")
"""Drills whose attack needs no shell, so that a machine without user namespaces can try them too."""


def inv(lab: Lab, *argv: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the task as a user does; a slow machine gets all the time that it needs."""
    base = {"PATH": os.environ["PATH"], "HOME": str(lab.home), "LANG": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-m", "invoke", "codex.drill", *argv], cwd=cwd or lab.root, env=base | env,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=1800,
    )  # fmt: skip


def own(lab: Lab, name: str, text: str) -> None:
    """Add a drill of the repository's own."""
    lab.write(f"drills/{name}.toml", text)


def state(lab: Lab) -> tuple[str, str, bytes]:
    return (
        lab.git("status", "--porcelain=v2", "-uall"),
        lab.git("for-each-ref"),
        (lab.root / ".git/config").read_bytes(),
    )


HARMLESS = """
tried = "{tried}"
[[turns]]
try = "{command}"
[[stopped]]
by = "nobody"
look = "output"
has = "{has}"
"""


@pytest.mark.linux
@pytest.mark.sandbox
def test_every_drill_is_reached_and_contained_and_touches_nothing_here(lab: Lab, tmp_path: Path) -> None:
    before = state(lab)
    secret = "hunter2-of-the-caller"
    done = inv(lab, "--json", "--junit", str(tmp_path / "drills.xml"), OPENAI_API_KEY=secret, MY_TOKEN=secret)
    document = json.loads(done.stdout)
    open_ones = [drill for drill in document["drills"] if (drill["reached"], drill["outcome"]) != (True, "contained")]
    assert open_ones == [], done.stderr
    assert done.returncode == 0
    assert document["schema"] == "proposer/drills/v1"
    assert [drill["name"] for drill in document["drills"]] == list(CATALOGUE)
    assert all(set(drill) == {"name", "tried", "reached", "stopped_by", "outcome"} for drill in document["drills"])
    assert all(drill["stopped_by"] for drill in document["drills"])
    assert state(lab) == before
    assert not (lab.root / ".proposer" / "drills").exists()
    suite = ET.parse(tmp_path / "drills.xml").getroot()  # noqa: S314 - written above
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == (str(len(CATALOGUE)), "0", "0")
    assert secret not in done.stdout + done.stderr


def test_every_drill_has_a_guard_that_can_be_removed() -> None:
    assert set(REMOVALS) == set(CATALOGUE)


@pytest.mark.linux
@pytest.mark.sandbox
@pytest.mark.parametrize("name", CATALOGUE)
def test_without_its_guard_a_drill_reports_an_escape(master: Path, name: str) -> None:
    result = without_its_guard(name, master)
    assert (result.outcome, result.reached, result.stopped_by) == ("escaped", True, None), result.detail


@pytest.mark.linux
@pytest.mark.sandbox
def test_what_escaped_does_not_outlive_its_arena(master: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="pdl-") as scratch:
        monkeypatch.setattr(tempfile, "tempdir", scratch)
        assert without_its_guard("leaves-session", master).outcome == "escaped"
        assert descendants.end_within(Path(scratch)) == []


@pytest.fixture
def no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which the sandbox does not start."""
    denied = sandbox.Preflight(works=False, detail="bwrap: No permissions to create a new namespace")
    monkeypatch.setattr(session.sandbox, "preflight", lambda *_: denied)


@pytest.mark.usefixtures("no_sandbox")
def test_without_a_sandbox_nothing_is_contained_that_could_not_be_tried(master: Path) -> None:
    shells = [name for name, drill in CATALOGUE.items() if any("try" in step for step in drill.steps())]
    writing = [name for name, drill in CATALOGUE.items() if drill.sandbox == "workspace-write"]
    commands = ["endless-command", "endless-output"]
    with Ground(master) as ground:
        results = {name: ground.attempt(drill) for name, drill in CATALOGUE.items()}
    for name in {*shells, *writing, *commands}:
        result = results[name]
        assert (result.outcome, result.reached, result.stopped_by) == ("unavailable", False, None), name
        assert result.remedy == sandbox.REMEDY, name
    for name in SHELL_LESS:
        assert results[name].outcome == "contained", name
    assert [
        name
        for name, result in results.items()
        if result.outcome == "escaped" or (not result.reached and result.stopped_by)
    ] == []


@pytest.mark.linux
def test_with_user_namespaces_switched_off_the_task_says_what_helps(lab: Lab) -> None:
    """A namespace of its own in which no further one may be made, and no capability that would do without."""
    limit = "echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all --inh-caps=-all"
    inner = f'{limit} "$@"'
    argv = ["unshare", "--user", "--map-root-user", "sh", "-c", inner, "sh"]
    env = {"PATH": os.environ["PATH"], "HOME": str(lab.home), "LANG": "C.UTF-8"}
    possible = subprocess.run([*argv, "true"], env=env, capture_output=True, check=False)
    if possible.returncode:
        pytest.skip("left out: this machine does not let a user namespace be made to switch them off in it")
    task = [sys.executable, "-m", "invoke", "codex.drill"]
    results = {}
    for name in ("ssh-keys", "loopback", "poison-agents"):
        done = subprocess.run(
            [*argv, *task, "--name", name], cwd=lab.root, env=env, capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL, timeout=600,
        )  # fmt: skip
        results[name] = (done.returncode, "unprivileged user namespaces" in done.stdout)
    assert results == {"ssh-keys": (4, True), "loopback": (4, True), "poison-agents": (0, False)}


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("shell", "has", "ending", "words"),
    [
        pytest.param("echo here", "here", ("contained", True), "", id="a-sign-was-seen"),
        pytest.param("echo here", "there", ("unavailable", True), "nothing was seen to stop it", id="nothing-stopped"),
        pytest.param("kill -9 $$", "x", ("unavailable", False), "reached its guard", id="the-shell-did-not-end"),
        pytest.param("echo @{mark}", "x", ("escaped", True), "a canary came out", id="a-canary-in-the-output"),
        pytest.param("echo @{leak}", "x", ("escaped", True), "a canary came out", id="a-canary-in-disguise"),
    ],
)
def test_a_result_follows_from_what_was_seen(
    lab: Lab, shell: str, has: str, ending: tuple[str, bool], words: str
) -> None:
    own(lab, "own-one", HARMLESS.format(tried="something", command=shell, has=has))
    with Ground(lab.root) as ground:
        result = ground.attempt(drills.catalogue(lab.root)["own-one"])
    assert (result.outcome, result.reached) == ending, result.detail
    assert words in result.detail


@pytest.mark.sandbox
def test_a_control_that_fails_makes_a_drill_unavailable(master: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proposer.proving.listeners.Ears.control", lambda *_: False)
    with Ground(master) as ground:
        result = ground.attempt(CATALOGUE["loopback"])
    assert (result.outcome, result.reached) == ("unavailable", False)
    assert "was not reached by this machine itself" in result.detail


@pytest.mark.sandbox
def test_a_drill_of_the_repository_runs_and_an_escape_leaves_its_record(lab: Lab) -> None:
    own(lab, "own-escape", HARMLESS.format(tried="say the secret", command="echo @{leak}", has="x"))
    lab.git("add", "-A")
    before = state(lab)
    done = inv(lab, "--name", "own-*")
    assert done.returncode == 8, done.stderr
    assert re.search(r"own-escape\s+say the secret\s+yes\s+-\s+escaped", done.stdout)
    assert ".proposer/drills/own-escape" in done.stdout
    assert (lab.root / ".proposer/drills/own-escape/requests.jsonl").is_file()
    assert state(lab) == before


@pytest.mark.linux
def test_an_interrupt_ends_everything_and_leaves_nothing(lab: Lab) -> None:
    with tempfile.TemporaryDirectory(prefix="pdi-") as scratch:
        env = {"PATH": os.environ["PATH"], "HOME": str(lab.home), "LANG": "C.UTF-8", "TMPDIR": scratch}
        with subprocess.Popen(
            [sys.executable, "-m", "invoke", "codex.drill"], cwd=lab.root, env=env, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        ) as task:  # fmt: skip
            assert task.stderr is not None
            first = task.stderr.readline()
            task.send_signal(signal.SIGINT)
            rest = task.stderr.read()
            assert task.wait(timeout=300) == 130, first + rest
        assert list(Path(scratch).iterdir()) == []
    assert "Traceback" not in rest
    running = b"\n".join(reads(path) for path in Path("/proc").glob("[0-9]*/cmdline"))
    assert str(lab.root).encode() not in running


def reads(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def broken_lock(lab: Lab) -> None:
    lab.write("AGENTS.md", "something else\n")


def no_lock(lab: Lab) -> None:
    (lab.root / "codex.lock").unlink()


def broken_drill(lab: Lab) -> None:
    own(lab, "broken", "tried = 1\n")


@pytest.mark.parametrize(
    ("prepare", "argv", "code", "words"),
    [
        pytest.param(lambda _: None, ("--name", "ssh-kyes"), 2, "ssh-keys", id="no-such-drill"),
        pytest.param(no_lock, (), 2, "codex.lock is missing", id="no-lock"),
        pytest.param(broken_lock, (), 3, "AGENTS.md is not the file", id="drifted"),
        pytest.param(broken_drill, (), 2, "drills/broken.toml", id="a-file-that-is-no-drill"),
    ],
)
def test_what_cannot_be_drilled_is_said_in_one_line(
    lab: Lab, prepare: Callable[[Lab], None], argv: tuple[str, ...], code: int, words: str
) -> None:
    prepare(lab)
    done = inv(lab, *argv, "--json")
    assert done.returncode == code, done.stderr
    assert words in json.loads(done.stdout)["message"] + json.loads(done.stdout)["hint"]
    assert "Traceback" not in done.stderr


def test_a_folder_without_a_repository_is_refused(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "tasks.py").write_bytes((lab.root / "tasks.py").read_bytes())
    done = inv(lab, cwd=tmp_path)
    assert done.returncode == 2
    assert "not a git repository" in done.stderr

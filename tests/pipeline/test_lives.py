"""Runs that are interrupted, killed or doubled: a record or none, no process and no folder left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from lab import CLEAN, Lab, says
from proposer import custody

SENDS = """
import os, signal, sys
from pathlib import Path
from proposer import workflow
number, when, provider = signal.Signals[sys.argv[1]], sys.argv[2], sys.argv[3]
def step(text):
    if when in text:
        os.kill(os.getpid(), number)
request = workflow.Request(workflow="review", base="HEAD~1", head="HEAD", provider=provider)
summary = workflow.execute(Path.cwd(), request, environment={}, on_step=step)
print(summary.outcome.label, summary.run or "-")
"""


def waits_for(condition: Callable[[], object]) -> bool:
    """Wait until something is so; the time only bounds a failure."""
    deadline = time.monotonic() + 90
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(condition())


def tidy(lab: Lab) -> bool:
    """Tell whether nothing of a run is left: no folder in the cache, no draft, no process with such a path."""
    cache = lab.home.parent / "cache" / "proposer"
    left = [*cache.glob("run-*"), *cache.glob("new-*"), *(lab.root / ".proposer").glob("draft-*")]
    return not left and not lab.running(str(cache))


@pytest.mark.linux
@pytest.mark.parametrize(
    ("number", "when", "begun"),
    [
        pytest.param("SIGINT", "resolving the subject", False, id="before-there-is-a-record"),
        pytest.param("SIGTERM", "staging the subject", True, id="while-staging"),
        pytest.param("SIGINT", "works in the stage", True, id="as-codex-starts"),
        pytest.param("SIGHUP", "exec_command", True, id="in-a-command"),
        pytest.param("SIGTERM", "checking what was done", True, id="after-the-run"),
    ],
)
def test_an_interrupt_in_any_phase_keeps_the_record_and_leaves_nothing_else(
    lab: Lab, number: str, when: str, begun: bool
) -> None:
    provider = lab.script({"shell": "true"}, CLEAN)
    done = subprocess.run(
        [sys.executable, "-c", SENDS, number, when, provider], cwd=lab.root, capture_output=True, text=True, check=False,
        env={**os.environ, "HOME": str(lab.home)}, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    outcome, run = done.stdout.split()
    assert (outcome, run != "-", done.returncode) == ("interrupted", begun, 0), done.stderr
    assert tidy(lab)
    if begun:
        assert custody.verify(lab.root, run).verified


@pytest.mark.sandbox
@pytest.mark.linux
def test_what_a_killed_run_leaves_is_gone_after_the_next_one(lab: Lab) -> None:
    nap = f"91.{os.getpid()}"
    argv = [sys.executable, "-m", "invoke", "codex.review", "--base", "HEAD~1", "--head", "HEAD", "--provider"]
    env = {**os.environ, "HOME": str(lab.home)}
    with subprocess.Popen(
        [*argv, lab.script({"shell": f"sleep {nap}"})], cwd=lab.root, env=env, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as child:  # fmt: skip
        started = waits_for(lambda: lab.running(f"sleep\0{nap}\0"))
        child.send_signal(signal.SIGKILL)
    assert started
    assert not tidy(lab)
    # Codex dies with its parent where setpriv is at hand, and by itself without its relay.
    assert waits_for(lambda: not lab.running(str(lab.home.parent / "cache" / "proposer")))
    assert lab.review(CLEAN).outcome.label == "clean"
    assert tidy(lab)


@pytest.mark.linux
def test_two_runs_at_once_do_not_disturb_each_other(lab: Lab) -> None:
    argv = [
        sys.executable,
        "-m",
        "invoke",
        "codex.review",
        "--base",
        "HEAD~1",
        "--head",
        "HEAD",
        "--json",
        "--provider",
    ]
    env = {**os.environ, "HOME": str(lab.home)}
    scripts = [lab.script({"shell": "echo one"}, CLEAN), lab.script({"shell": "echo two"}, says("request_changes"))]
    children = [
        subprocess.Popen([*argv, script], cwd=lab.root, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL)
        for script in scripts
    ]  # fmt: skip
    documents = [json.loads(child.communicate()[0]) for child in children]
    assert [document["outcome"] for document in documents] == ["clean", "incomplete"]
    assert [child.returncode for child in children] == [0, 5]
    assert all(custody.verify(lab.root, document["run"]).verified for document in documents)
    assert tidy(lab)


def test_a_reused_run_is_reported_to_a_file_too(lab: Lab) -> None:
    provider = lab.script(says("comment"))
    first = lab.review(provider=provider)
    out = lab.scratch / "report.json"
    options = ("--base", "HEAD~1", "--head", "HEAD", "--provider", provider, "--out", str(out), "--json")
    done = lab.inv("codex.review", *options)
    printed = json.loads(done.stdout)
    assert (printed["run"], "reused" in printed["message"], done.returncode) == (first.run, True, 0)
    assert json.loads(out.read_text(encoding="utf-8"))["run"] == first.run
    assert len(list((lab.root / ".proposer" / "runs").iterdir())) == 1


def documents(text: str) -> list[object]:
    """Return every JSON document in a text; anything else in it is a failure."""
    found, at, decoder = [], 0, json.JSONDecoder()
    while at < len(text):
        value, end = decoder.raw_decode(text, at)
        found.append(value)
        at = end + len(text[end:]) - len(text[end:].lstrip())
    return found


@pytest.mark.parametrize(
    ("argv", "schema", "code"),
    [
        pytest.param(("codex.lock", "--check"), "proposer/lock/v1", 0, id="lock"),
        pytest.param(("codex.provenance", "nothing"), "proposer/error/v1", 2, id="provenance-of-nothing"),
        pytest.param(
            ("codex.run", "nothing", "--base", "HEAD~1", "--head", "HEAD"), "proposer/error/v1", 2, id="no-workflow"
        ),
    ],
)
def test_json_is_one_document_on_standard_output(lab: Lab, argv: tuple[str, ...], schema: str, code: int) -> None:
    done = lab.inv(*argv, "--json")
    (document,) = documents(done.stdout)
    assert isinstance(document, dict)
    assert (document["schema"], document["exit"], done.returncode) == (schema, code, code), done.stderr


@pytest.mark.parametrize("damage", ["a-malformed-lock", "a-strange-login-and-no-home"])
def test_the_doctor_survives_what_it_is_called_for(lab: Lab, damage: str) -> None:
    env = {}
    if damage == "a-malformed-lock":
        lab.write("codex.lock", b"\xff\0")
    else:
        (lab.scratch / "own").mkdir()
        (lab.scratch / "own" / "config.toml").write_text("projects = 7\n", encoding="ascii")
        env = {"HOME": str(lab.home / "missing"), "CODEX_HOME": str(lab.scratch / "own")}
    done = lab.inv("codex.doctor", "--json", **env)
    (document,) = documents(done.stdout)
    assert isinstance(document, dict)
    assert done.returncode == document["exit"] == (2 if damage == "a-malformed-lock" else 0)
    assert "Traceback" not in done.stderr
    assert not (lab.home / "missing" / ".codex").exists()

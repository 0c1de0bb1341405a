"""Descendants are found by what they cannot take off: their ancestry, their session, the run's mark."""

import subprocess
import sys
from pathlib import Path

import pytest

from proposer.descendants import Watch, end_within

pytestmark = pytest.mark.linux

FORKED = """
import os, sys
pid = os.fork()
if pid == 0:
    os.close(1)
    os.execve(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)"], {})
print(pid, flush=True)
"""


def test_one_that_was_never_seen_below_the_child_and_cleared_its_environment_is_ended() -> None:
    watch = Watch("unmarked")
    with subprocess.Popen(
        [sys.executable, "-c", FORKED], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as child:
        assert child.stdout is not None
        orphan = int(child.stdout.readline())
        child.wait()  # its parent is gone before the first look
        watch.follow(child.pid)
        assert watch.alive() == [orphan]
        assert watch.end() == [orphan]
    assert watch.alive() == []


def test_processes_of_other_sessions_are_left_alone() -> None:
    watch = Watch("unmarked")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True) as other:
        watch.follow(other.pid + 1_000_000)  # no process: beyond the largest id of most machines
        assert watch.end() == []
        assert other.poll() is None
        assert other.stdin is not None
        other.stdin.write(b"\n")
        other.stdin.close()
        assert other.wait() == 0


def test_what_works_in_a_folder_or_names_it_is_ended_and_nothing_else(tmp_path: Path) -> None:
    folder, beside = tmp_path / "arena-1", tmp_path / "beside"
    folder.mkdir()
    beside.mkdir()
    wait = [sys.executable, "-c", "input()"]
    with (
        subprocess.Popen(wait, cwd=folder, stdin=subprocess.PIPE, start_new_session=True) as inside,
        subprocess.Popen([*wait, str(folder)], stdin=subprocess.PIPE, start_new_session=True) as naming,
        subprocess.Popen(wait, cwd=beside, stdin=subprocess.PIPE, start_new_session=True) as other,
    ):
        assert set(end_within(folder)) == {inside.pid, naming.pid}
        assert other.poll() is None
    assert end_within(folder) == []

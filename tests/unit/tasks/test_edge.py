"""The edge of the tasks: every end has its exit code, one harmless message, and at most one JSON document."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from invoke.exceptions import Exit

from proposer.errors import InterruptedRunError, Outcome, RefusedError, StopError, UsageError
from proposer.tasks.edge import edge, finish, print_json

NASTY = "a\x1b[31mb\n::error::c\u202e"


def ends(error: BaseException | None, *, as_json: bool) -> int:
    """Leave the edge by an exception and return the exit code."""
    with pytest.raises(Exit) as caught, edge(as_json=as_json):  # noqa: PT012 - the block is what is looked at
        if error is not None:
            raise error
        finish(7)
    return int(caught.value.code)


ENDS = {
    "usage": (UsageError("wrong", "do this"), 2),
    "refused": (RefusedError("damaged", "do that"), 7),
    "drifted": (StopError(Outcome.DRIFTED, "differs", "look"), 3),
    "unavailable": (StopError(Outcome.UNAVAILABLE, "gone"), 4),
    "interrupted-run": (InterruptedRunError(), 130),
    "interrupted": (KeyboardInterrupt(), 130),
    "a-bug": (RuntimeError("oops"), 70),
    "a-full-disk": (OSError(errno.ENOSPC, "No space left on device", "/x/events.jsonl"), 70),
    "a-quota": (OSError(errno.EDQUOT, "Disk quota exceeded"), 70),
    "an-odd-file": (OSError(errno.ELOOP, "Too many levels of symbolic links"), 70),
}


@pytest.mark.parametrize("name", ENDS)
def test_every_end_has_its_code_and_one_document(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    error, code = ENDS[name]
    assert ends(error, as_json=True) == code
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert set(document) == {"schema", "exit", "message", "hint"}
    assert (document["schema"], document["exit"]) == ("proposer/error/v1", code)
    assert document["message"]
    assert f"error: {document['message']}" in printed.err


@pytest.mark.parametrize("name", ENDS)
def test_without_json_standard_output_stays_empty(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    error, code = ENDS[name]
    assert ends(error, as_json=False) == code
    assert capsys.readouterr().out == ""


def test_a_full_disk_says_so_and_is_no_bug(capsys: pytest.CaptureFixture[str]) -> None:
    ends(ENDS["a-full-disk"][0], as_json=False)
    printed = capsys.readouterr().err
    assert "No space left on device: /x/events.jsonl" in printed
    assert "make room" in printed
    assert "Traceback" not in printed


def test_a_verdict_passes_through(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(None, as_json=True) == 7
    assert capsys.readouterr().out == ""


def test_success_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with edge(as_json=True):
        finish(0)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "error", [UsageError(NASTY, NASTY), RuntimeError(NASTY), StopError(Outcome.INVALID, NASTY, NASTY)]
)
def test_no_message_reaches_a_terminal_or_a_runner_alive(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    ends(error, as_json=False)
    printed = capsys.readouterr().err
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    assert not [line for line in printed.splitlines() if line.lstrip().startswith("::")]


@pytest.fixture
def read_end() -> Iterator[int]:
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


PRINT = (
    "import sys\nfrom proposer.tasks.edge import edge, finish, print_json\n"
    "with edge(as_json=True):\n    print_json({value})\n    finish(7)\n"
)


def run(code: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, check=False, **options)


def test_that_nobody_reads_on_changes_no_exit_code(read_end: int) -> None:
    code = PRINT.replace("{value}", "['x' * 200_000]")
    done = run(code.replace("finish(7)", "sys.exit(7)"), stdout=read_end)
    assert (done.returncode, done.stderr) == (7, b"")


def test_a_terminal_without_letters_for_it_ends_nothing() -> None:
    code = (
        "import sys\nfrom proposer.errors import UsageError\nfrom proposer.tasks.edge import edge\n"
        "from invoke.exceptions import Exit\n"
        "try:\n    with edge(): sys.stdout.write('größe\\udcff\\n'); raise UsageError('größe')\n"
        "except Exit as end: sys.exit(end.code)\n"
    )
    env = {"PATH": os.defpath, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = run(code, stdout=subprocess.PIPE, env=env)
    assert (done.returncode, done.stdout) == (2, b"gr\\xf6\\xdfe\\udcff\n")


def test_any_text_is_one_json_document(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"a\ud800": ["\u2028", NASTY]})
    assert json.loads(capsys.readouterr().out) == {"a\ud800": ["\u2028", NASTY]}

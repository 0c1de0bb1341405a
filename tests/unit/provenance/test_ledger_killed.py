"""Fifty processes append a thousand statements and half of them are killed: nothing is lost, nothing is there twice."""

import contextlib
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from proposer import digests
from proposer.errors import RefusedError
from proposer.provenance.ledger import Ledger

WORKERS, EACH = 50, 20
PAD = 16 * 1024
"""A pipe holds four acknowledgements of that size, so a worker that nobody listens to waits and can be killed."""
AHEAD = 8
"""More acknowledgements than a pipe and the reader's buffer hold."""
WORKER = """
import sys
from pathlib import Path
from proposer.provenance.ledger import Ledger
path, worker, count, pad = sys.argv[1:]
ledger = Ledger(Path(path))
for number in range(int(count)):
    statement = f"{worker} {number}".encode()
    if not ledger.holds(statement):  # as whoever goes on after a crash
        ledger.append(statement)
    print(str(number).rjust(int(pad)), flush=True)
"""
UNLOCKED = """
import fcntl, sys
from pathlib import Path
from proposer.provenance.ledger import Ledger
fcntl.flock = lambda *_: None
last = Ledger._last
def slow(ledger, descriptor):
    found = last(ledger, descriptor)
    print("read", flush=True)
    sys.stdin.readline()
    return found
Ledger._last = slow
Ledger(Path(sys.argv[1])).append(sys.argv[2].encode())
"""
LOCKED = UNLOCKED.replace("fcntl.flock = lambda *_: None\n", "")


@contextlib.contextmanager
def crowd(code: str, argv: Mapping[int, tuple[object, ...]]) -> Iterator[dict[int, subprocess.Popen[str]]]:
    """Start one Python for each row; none of them outlives the block."""
    started = dict[int, subprocess.Popen[str]]()
    try:
        for worker, row in argv.items():
            command = [sys.executable, "-c", code, *map(str, row)]
            started[worker] = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
        yield started
    finally:
        for child in started.values():
            child.kill()
        for child in started.values():
            child.communicate()


def acknowledged(child: subprocess.Popen[str], most: int) -> list[int]:
    """Return what a worker says until it has said so much, or ends."""
    assert child.stdout is not None
    found = list[int]()
    while len(found) < most and (line := child.stdout.readline()).endswith("\n"):
        found.append(int(line))
    return found


def faults(path: Path, said: Mapping[int, list[int]]) -> list[str]:
    """Return what is wrong with a ledger that workers appended to, given what was acknowledged to each of them."""
    ledger, found = Ledger(path), list[str]()
    try:
        ledger.verify()
        held = Counter(line.leaf for line in ledger.lines())
    except RefusedError as error:
        return [error.message]
    known = {leaf(worker, number): f"{worker} {number}" for worker in said for number in range(EACH)}
    found += [f"{known.get(one, one)} is there {count} times" for one, count in held.items() if count > 1]
    found += [f"{one} came from nobody" for one in held if one not in known]
    return found + [f"{worker} {number} was lost" for worker, numbers in said.items() for number in numbers
                    if leaf(worker, number) not in held]  # fmt: skip


def leaf(worker: int, number: int) -> str:
    return digests.of_bytes(f"{worker} {number}".encode())


def test_nothing_is_lost_or_doubled_by_processes_that_are_killed(tmp_path: Path) -> None:
    path, draw = tmp_path / "ledger", random.Random(5)  # noqa: S311 - who is killed and when, no secret
    victims = {worker: draw.randrange(EACH - AHEAD) for worker in draw.sample(range(WORKERS), WORKERS // 2)}
    rows = {worker: (path, worker, EACH, PAD if worker in victims else 0) for worker in range(WORKERS)}
    said = dict[int, list[int]]()
    with crowd(WORKER, rows) as workers:
        for worker, most in victims.items():
            said[worker] = acknowledged(workers[worker], most)
            workers[worker].kill()
        for worker in rows.keys() - victims.keys():
            said[worker] = acknowledged(workers[worker], EACH)
        ends = {worker: child.wait() for worker, child in workers.items()}
    assert ends == {worker: -signal.SIGKILL if worker in victims else 0 for worker in rows}
    assert {worker: len(numbers) for worker, numbers in said.items()} == {
        worker: victims.get(worker, EACH) for worker in rows
    }
    assert faults(path, said) == []
    assert Ledger(path).head().size < WORKERS * EACH  # they were killed in the middle of their work

    with crowd(WORKER, {worker: (path, worker, EACH, 0) for worker in victims}) as again:
        said |= {worker: acknowledged(child, EACH) for worker, child in again.items()}
        assert {child.wait() for child in again.values()} == {0}
    assert said == {worker: list(range(EACH)) for worker in rows}
    assert faults(path, said) == []
    assert Ledger(path).head().size == WORKERS * EACH


def rewritten(path: Path, statements: list[str]) -> None:
    """Write a ledger anew, well chained, with other statements."""
    path.unlink()
    for statement in statements:
        Ledger(path).append(statement.encode())


POISON: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "one lost": (lambda path: rewritten(path, ["0 0", "1 0"]), ["0 1 was lost"]),
    "one twice": (lambda path: Ledger(path).append(b"1 0"), ["1 0 is there 2 times"]),
    "one of a stranger": (lambda path: Ledger(path).append(b"9 9"), [f"{leaf(9, 9)} came from nobody"]),
    "a line twice": (
        lambda path: path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(keepends=True)[-1]),
        ["the ledger is broken at line 4"],
    ),
}


@pytest.mark.parametrize(("poison", "named"), POISON.values(), ids=POISON)
def test_damage_would_be_seen(tmp_path: Path, poison: Callable[[Path], object], named: list[str]) -> None:
    path = tmp_path / "ledger"
    for statement in (b"0 0", b"0 1", b"1 0"):
        Ledger(path).append(statement)
    said = {0: [0, 1], 1: [0]}
    assert faults(path, said) == []
    poison(path)
    assert faults(path, said) == named


@pytest.mark.parametrize(("code", "named"), [(UNLOCKED, ["the ledger is broken at line 2"]), (LOCKED, [])],
                         ids=["without-the-lock", "with-it"])  # fmt: skip
def test_it_is_the_lock_that_keeps_two_processes_apart(tmp_path: Path, code: str, named: list[str]) -> None:
    path = tmp_path / "ledger"
    with crowd(code, {0: (path, "0 0"), 1: (path, "1 0")}) as workers:
        if code == UNLOCKED:  # both have read the same end before either writes
            assert [child.stdout and child.stdout.readline() for child in workers.values()] == ["read\n", "read\n"]
        for child in workers.values():  # all of them before one is waited for: who comes first is not known
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
        for child in workers.values():
            child.communicate()
        assert [child.returncode for child in workers.values()] == [0, 0]
    assert faults(path, {0: [0], 1: [0]}) == named

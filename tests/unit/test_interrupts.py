"""Interrupts: every kind is the same one, and none of them tears a clean-up apart. Each case has its own process."""

import subprocess
import sys

import pytest

HEAD = """
import os, signal, threading
from proposer.interrupts import interruptible, shielded
def send(number): os.kill(os.getpid(), number)
def told(block):
    try: block()
    except KeyboardInterrupt: return "interrupted"
    return "went on"
"""
CASES = {
    "a-cancelled-job-is-an-interrupt": (
        """
def block():
    with interruptible(): send(signal.SIGTERM)
print(told(block))
""",
        "interrupted",
    ),
    "a-closed-terminal-is-an-interrupt": (
        """
def block():
    with interruptible(): send(signal.SIGHUP)
print(told(block))
""",
        "interrupted",
    ),
    "the-handlers-are-put-back": (
        """
with interruptible():
    with shielded(): pass
print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
""",
        "True",
    ),
    "an-interrupt-waits-for-the-end-of-a-shield": (
        """
def block():
    with shielded():
        send(signal.SIGINT)
        print("tidy", end=" ")
print(told(block))
""",
        "tidy interrupted",
    ),
    "an-interrupt-waits-for-the-outermost-shield": (
        """
def block():
    with shielded():
        with shielded(): send(signal.SIGINT)
        print("tidy", end=" ")
print(told(block))
""",
        "tidy interrupted",
    ),
    "a-shield-inside-of-another-one-forgets-nothing-for-it": (
        """
def block():
    with shielded():
        with shielded(forget=True): send(signal.SIGINT)
print(told(block))
""",
        "interrupted",
    ),
    "an-interrupt-that-comes-too-late-is-forgotten": (
        """
def block():
    with shielded(forget=True): send(signal.SIGINT)
print(told(block))
""",
        "went on",
    ),
    "an-error-in-a-shield-is-not-hidden-by-an-interrupt": (
        """
try:
    with shielded():
        send(signal.SIGINT)
        raise ValueError("mine")
except ValueError as error:
    print(error)
""",
        "mine",
    ),
    "what-the-parent-ignores-stays-ignored": (
        """
signal.signal(signal.SIGHUP, signal.SIG_IGN)
def block():
    with interruptible(), shielded(): send(signal.SIGHUP)
print(told(block))
""",
        "went on",
    ),
    "another-thread-leaves-the-signals-alone": (
        """
def block():
    with interruptible(), shielded(): print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
thread = threading.Thread(target=block)
thread.start()
thread.join()
""",
        "True",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_interrupts(name: str) -> None:
    code, wanted = CASES[name]
    done = subprocess.run(
        [sys.executable, "-c", HEAD + code], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert (done.stdout.strip(), done.returncode) == (wanted, 0), done.stderr

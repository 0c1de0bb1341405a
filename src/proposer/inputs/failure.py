"""What the log of a failing check is about: a signature that the same failure has every time."""

import re
from collections.abc import Sequence

from proposer import digests
from proposer.inputs.untrusted import clean

__all__ = ["signature"]

_TEST = re.compile(r"(?m)^(?:FAILED|ERROR)[ \t]+(\S+?)(?:[ \t]+-[ \t].*)?[ \t]*$")
"""The short summary of pytest; it names a test in the same words whatever went wrong in it."""
_UNSTABLE = (
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"), "TIME"),
    (re.compile(r"\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b"), "TIME"),
    (re.compile(r"\b\d+(?:\.\d+)?[ \t]?(?:ms|s|sec|seconds?|minutes?)\b"), "SPAN"),
    (re.compile(r"\b0x[0-9a-fA-F]+\b"), "ADDRESS"),
    (re.compile(r"\b[0-9a-f]{7,64}\b"), "ID"),
    (re.compile(r"(?<![\w.])/(?:[\w.@+~-]+/)+"), "/"),
)
"""What differs between two logs of one failure: times, addresses, ids, the folders of a machine."""


def signature(log: str, more: Sequence[str] = ()) -> str:
    """Return the hexadecimal digest of a failure.

    Where the log has pytest's summary, the failing tests are the failure; else it is all of the log but what differs
    from time to time.

    Args:
        log: the log as it came.
        more: other texts that were given with it; whoever says something new makes it another attempt.
    """
    text = clean(log)
    tests = sorted(set(_TEST.findall(text)))
    if not tests:
        for pattern, word in _UNSTABLE:
            text = pattern.sub(word, text)
        tests = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return digests.of_json({"failure": tests, "more": [digests.of_bytes(clean(one).encode()) for one in more]})

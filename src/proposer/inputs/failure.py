"""What the log of a failing check is about: a signature that the same failure has every time."""

import re
from collections.abc import Sequence

from proposer import digests
from proposer.inputs.untrusted import clean

__all__ = ["failed_tests", "signature"]

_TEST = re.compile(
    r"(?m)^(?:(?:FAILED|ERROR)[ \t]+(\S+?)"
    r"|[^\n]{0,300}?\d\d:\d\d:\d\d(?:[.,]\d+)?Z?[ \t]+(?:FAILED|ERROR)[ \t]+(\S+?\.py(?:::\S+?)?))"
    r"(?:[ \t]+-[ \t].*)?[ \t]*$"
)
"""The short summary of pytest, which names a test in the same words whatever went wrong; CI puts a time before it."""
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
    failed = failed_tests(text)
    if not failed:
        for pattern, word in _UNSTABLE:
            text = pattern.sub(word, text)
        failed = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return digests.of_json({"failure": failed, "more": [digests.of_bytes(clean(one).encode()) for one in more]})


def failed_tests(log: str) -> list[str]:
    """Return the tests that failed, sorted, as pytest's summary in a log names them; none where it has no such part."""
    return sorted({one or other for one, other in _TEST.findall(clean(log))})

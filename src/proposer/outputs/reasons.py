"""Why a proposal is refused: one row for each finding, with a stable code."""

from typing import NamedTuple

__all__ = ["CODES", "FORBIDDEN", "Reason"]

CODES: dict[str, str] = {
    "unreadable": "The check cannot be made: a revision, an object or a file cannot be read.",
    "policy": "The policy itself is wrong: an unknown value, a negative limit, a pattern that cannot be parsed.",
    "malformed-tree": "Git does not write such a tree: double or unsorted entries, a slash, `.` or `..` in a name.",
    "protected": "The path is protected in every workflow.",
    "dot-git": "A part of the path is `.git`, or what some file system takes for it.",
    "outside": "The path is not among those that the workflow may change.",
    "bad-name": "The name cannot be used safely everywhere: control or invisible characters, a backslash, a colon, ...",
    "reserved-name": "Windows gives the name to a device.",
    "long-path": "The path has more than 240 bytes.",
    "collision": "Two paths are one on a file system that ignores case or composition.",
    "symlink": "A symbolic link.",
    "submodule": "A submodule.",
    "executable": "A new executable, or a file that becomes executable.",
    "type-change": "A file becomes something else, or the other way round.",
    "bad-mode": "A mode that git does not write.",
    "binary": "Not text: a NUL byte, or bytes that are not UTF-8.",
    "too-many-files": "More changed files than the limit.",
    "too-large": "All files together are larger than the limit.",
    "file-too-large": "One file is larger than the limit.",
    "too-many-lines": "More added lines than the limit.",
    "secret": "An added line holds what looks like a secret.",
    "invisible": "An added line holds characters that no reader sees, or a hidden line break.",
    "test-removed": "A test is gone, or is no longer collected.",
    "test-skipped": "A test is skipped, expected to fail, or made conditional.",
    "test-not-run": "A test is there and no longer checks anything: it is not awaited, returns early, or is empty.",
    "test-unreadable": "A test file cannot be read as Python, so nothing can be said of its tests.",
    "assertion-removed": "A test asserts less than before.",
    "assertion-loosened": "An assertion holds in more cases than before, or always.",
    "cases-removed": "A test runs with fewer cases, or fewer examples.",
    "subject-mocked": "What a test calls was put aside by a stand-in.",
    "suppression": "A comment that silences a linter, a type checker, a scanner or coverage was added.",
    "settings-loosened": "A threshold was lowered, or a check was switched off.",
}
"""Every code and what it means; a code never changes its meaning."""

FORBIDDEN = frozenset({"protected", "dot-git"})
"""Codes that make a run `violated`; all others make it `blocked`."""


class Reason(NamedTuple):
    """One finding: a code of `CODES`, the path (empty where it is about the whole), one sentence."""

    code: str
    path: str
    message: str

"""New modules that Python would import in the place of one that is installed, such as that of the test runner."""

import sys
import sysconfig
from collections.abc import Collection, Iterator
from importlib.machinery import PathFinder
from pathlib import PurePosixPath

from proposer.errors import Outcome

__all__ = ["reasons_of"]

_COMMON = frozenset({"test", "tests"})
"""Folders of tests; that something of this name is installed means nothing."""


def reasons_of(before: Collection[str], after: Collection[str]) -> Iterator[tuple[Outcome, str]]:
    """Yield a reason for each module that a proposal puts in the way of an installed one.

    The checks put the proposal's modules first (they must not be those of the user's tree), so that a `src/pytest.py`
    would be what `python -m pytest` runs.

    Args:
        before: all paths of the tree that the run looked at.
        after: all paths of the proposal.
    """
    known, new = _modules(before), _modules(after)
    folders = [sysconfig.get_path(name) for name in ("purelib", "platlib")]
    for name in sorted(new.keys() - known.keys() - _COMMON):
        if name in sys.stdlib_module_names or PathFinder.find_spec(name, folders) is not None:
            yield Outcome.BLOCKED, f"{new[name]} would be imported in the place of the installed module {name}"


def _modules(paths: Collection[str]) -> dict[str, str]:
    """Return the path of each module and package that stands where imports start: at the top, or in src."""
    found: dict[str, str] = {}
    for path in paths:
        parts = PurePosixPath(path).parts
        parts = parts[1:] if parts[0] == "src" else parts
        if len(parts) == 1 and parts[0].endswith(".py"):
            found[parts[0].removesuffix(".py")] = path
        elif len(parts) == 2 and parts[1] == "__init__.py":  # noqa: PLR2004 - folder and file
            found[parts[0]] = path
    return found

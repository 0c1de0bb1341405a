"""Where tests are: which files a runner collects, and which only help."""

from pathlib import PurePosixPath

__all__ = ["is_at_home", "is_collected", "is_test_file"]

_PASSED_BY = frozenset({"build", "dist", "node_modules", "venv", "_darcs", "CVS", "{arch}"})
"""Folders that pytest does not look into (norecursedirs)."""


def is_test_file(path: str) -> bool:
    """Tell whether a Python file holds tests or helps them."""
    parts = PurePosixPath(path).parts
    name = parts[-1]
    if not name.endswith(".py"):
        return False
    folders = {part.casefold() for part in parts[:-1]}
    return bool(folders & {"test", "tests", "testing"}) or is_collected(path) or name == "conftest.py"


def is_collected(path: str) -> bool:
    """Tell whether pytest or unittest collects a file by its name, and does not pass by its folder."""
    *folders, name = PurePosixPath(path).parts
    if any(one.startswith(".") or one.endswith(".egg") or one in _PASSED_BY for one in folders):
        return False
    loosely = is_at_home(path) and name.startswith("test")  # as unittest looks for files
    return name.endswith(".py") and (loosely or name.startswith("test_") or name.endswith("_test.py"))


def is_at_home(path: str) -> bool:
    """Tell whether a file is where a runner that is told where the tests are looks for them."""
    *folders, name = path.casefold().split("/")
    return bool({"test", "tests"} & set(folders)) or name in ("test.py", "tests.py")

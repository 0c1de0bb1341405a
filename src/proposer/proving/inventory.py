"""What there is to be named in one repository; its own `tasks.py` and `noxfile.py` are read, never run."""

import ast
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path, PurePosixPath

from proposer.git import Git
from proposer.proving.mentions import Mention

__all__ = ["Inventory"]

_MADE = (".proposer", "provenance")
"""Folders that tasks of this library make in a repository when they need them."""


class Inventory:
    """Files, folders, tasks and nox sessions of one working tree.

    Args:
        root: the repository; git's ignored files are left out.
        tasks: names of this library's tasks, such as `codex.review`; none: every name below `codex.` is believed.
    """

    def __init__(self, root: Path, tasks: Collection[str]) -> None:
        self._git = Git(cwd=root)
        listed = self._git.text("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
        self._files = [path for path in listed if path and (root / path).exists()]
        self._folders = {str(parent) for path in self._files for parent in PurePosixPath(path).parents} - {"."}
        self._tasks = {
            name.rpartition(".")[2] for name in _decorated(root, ("tasks.py", "tasks/*.py"), "task", dashes=True)
        }
        self._library = set(tasks)
        self._sessions = set(_decorated(root, ("noxfile.py",), "session", dashes=False))
        self._root = root

    def absent(self, mention: Mention, folder: PurePosixPath) -> str:
        """Return what a name is not; nothing where there is such a thing, or where nobody can tell."""
        name = mention.name
        if mention.kind == "task":
            if name.startswith("codex."):
                return "" if name in self._library or not self._library else "no task here"
            return "" if name.rpartition(".")[2] in self._tasks else "no task here"
        if mention.kind == "session":
            return "" if name.partition("-")[0] in self._sessions or name in self._sessions else "no nox session here"
        if mention.kind == "part":
            found = any(PurePosixPath(path).name == name for path in self._folders) or self._is_file(
                f"{name}.py", folder
            )
            return "" if found else "no module here"
        return self._absent_module(name) if mention.kind == "module" else self._absent_path(name, folder)

    def _absent_path(self, name: str, folder: PurePosixPath) -> str:
        plain = name.rstrip("/")
        if self._is_file(plain, folder) or self._is_folder(plain) or plain.partition("/")[0] in _MADE:
            return ""
        surely = name.endswith("/") or "." in PurePosixPath(plain).name or "/" not in name
        if not surely and plain.partition("/")[0] not in self._folders:
            return ""  # `origin/main`, `text/html`: no path of this repository
        ignored = self._git.call("check-ignore", "-q", "--", name).returncode == 0
        return "" if ignored else "no file or folder here"

    def _is_file(self, name: str, folder: PurePosixPath) -> bool:
        wanted = {name, str(folder / name)}
        if "*" in name:
            return any(PurePosixPath(path).match(name) for path in self._files)
        return any(path in wanted or path.endswith(f"/{name}") for path in self._files)

    def _is_folder(self, name: str) -> bool:
        return any(path == name or path.endswith(f"/{name}") for path in self._folders)

    def _absent_module(self, name: str) -> str:
        first, *rest = name.split(".")
        top = next((path for path in (f"src/{first}", first) if path in self._folders), "")
        if not top:
            return ""  # somebody else's: an installed package, or no module at all
        at = PurePosixPath(top)
        for number, part in enumerate(rest):
            if str(at / part) in self._folders:
                at /= part
            elif f"{at / part}.py" in self._files:
                return "" if self._holds(f"{at / part}.py", rest[number + 1 :]) else "not in that module"
            else:
                return "" if self._holds(f"{at}/__init__.py", rest[number:]) else "no module here"
        return ""

    def _holds(self, path: str, names: Sequence[str]) -> bool:
        """Tell whether a module's source has these words, where it has to."""
        if not names:
            return True
        try:
            text = (self._root / path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
        return all(name in text for name in names)


def _decorated(root: Path, patterns: Sequence[str], decorator: str, *, dashes: bool) -> Iterator[str]:
    """Yield the names of functions with a decorator, read from source; `name="..."` in it counts instead."""
    for path in (path for pattern in patterns for path in sorted(root.glob(pattern))):
        try:
            tree = ast.parse(path.read_text(encoding="utf-8", errors="replace"))
        except (SyntaxError, ValueError, RecursionError):
            continue
        for node in ast.walk(tree):
            for mark in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
                head = mark.func if isinstance(mark, ast.Call) else mark
                called = head.attr if isinstance(head, ast.Attribute) else head.id if isinstance(head, ast.Name) else ""
                if called == decorator and isinstance(node, ast.FunctionDef):
                    given = (
                        [word.value for word in mark.keywords if word.arg == "name"]
                        if isinstance(mark, ast.Call)
                        else []
                    )
                    named = given[0].value if given and isinstance(given[0], ast.Constant) else node.name
                    yield str(named).replace("_", "-") if dashes else str(named)

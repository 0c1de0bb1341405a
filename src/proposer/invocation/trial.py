"""What the host runs on a proposal: in a fresh copy of its tree, in Codex's sandbox, without the network."""

import os
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import tomli_w

from proposer import process
from proposer.inputs.workspace import Workspace, is_nameable
from proposer.invocation import receipts, support
from proposer.invocation.binary import Binary
from proposer.invocation.home import PROFILE, environment

__all__ = ["CANNOT_START", "Trial", "installed", "programs_folder", "run"]

CANNOT_START = (126, 127)
"""Exit statuses of a command that is not there or cannot be executed (POSIX shells; `env` uses them too)."""
_KEPT_LINES = 200


@dataclass(frozen=True, kw_only=True)
class Trial:
    """How one command ended: exit status, the limit that stopped it (or nothing), the end of what it printed.

    `sessions` is what pytest said of each of its runs in it (None: it cannot be read), `about` which tree was tried.
    """

    command: tuple[str, ...]
    returncode: int
    stopped: str
    output: str
    sessions: tuple[receipts.Session, ...] | None = ()
    about: str = ""

    @property
    def passed(self) -> bool:
        """Whether it ended by itself and well."""
        return not self.stopped and self.returncode == 0


def run(
    workspace: Workspace,
    binary: Binary,
    tree: str,
    commands: Sequence[tuple[str, ...]],
    *,
    mark: str,
    ceilings: process.Ceilings,
    name: str = "trial",
    about: str = "",
) -> list[Trial]:
    """Check a tree out into a folder of its own and run commands there, one after the other, up to the first failure.

    The commands see that folder (they may write in it), the environment that runs this library, and the system; no
    network, no home, no repository of the user, none of the caller's variables.

    Args:
        workspace: the run's folders; the tree is in its store.
        binary: the pinned binary.
        tree: id of the tree.
        commands: argv of each.
        mark: unique to the run.
        ceilings: for each command.
        name: of the folder, new in the run.
        about: which tree it is, for people; empty: the proposal as it is.
    """
    copy, home = _copied(workspace, tree, name), workspace.root / f"{name}-home"
    home.mkdir(mode=0o700)
    place = support.furnish(workspace)
    (home / "config.toml").write_text(tomli_w.dumps(_config(copy, binary, place)), encoding="utf-8")
    env = _environment(copy, home, binary, place)
    (home / "stdin").touch()
    found: list[Trial] = []
    for number, command in enumerate(commands):
        lines: deque[bytes] = deque(maxlen=_KEPT_LINES)
        errors, receipt = home / f"stderr-{number}", copy / f".proposer-receipt-{number}"
        ended = process.supervise(
            (str(binary.path), "sandbox", "-P", PROFILE, "-C", str(copy), "--", *command),
            env=env | {"PROPOSER_RECEIPT": str(receipt)},
            cwd=copy,
            stdin=home / "stdin",
            stderr=errors,
            mark=mark,
            ceilings=ceilings,
            on_line=lines.append,
            last_activity=time.monotonic,
            must_stop=lambda: "",
        )
        words = b"\n".join(lines).decode(errors="replace") + "\n" + _end(errors)
        found.append(Trial(command=command, returncode=ended.returncode, stopped=ended.stopped, output=words.strip(),
                           sessions=receipts.read(receipt), about=about))  # fmt: skip
        if not found[-1].passed:
            break
    return found


def _copied(workspace: Workspace, tree: str, name: str) -> Path:
    """Write the files of a tree, byte for byte, into a new folder that is no repository."""
    copy = workspace.root / name
    copy.mkdir(mode=0o700)
    git = workspace.git().also(GIT_INDEX_FILE=str(workspace.root / f"{name}.index"), GIT_WORK_TREE=str(copy))
    git("read-tree", tree)
    git("checkout-index", "--all", "--force", f"--prefix={copy}/")
    return copy


def installed() -> list[Path]:
    """Return the folders of the Python environment of this library; the project's tools are installed there too."""
    folders = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent}
    folders |= {path.resolve() for path in folders}
    return sorted(path for path in folders if path.is_dir() and path != Path("/usr") and is_nameable(path))


def programs_folder() -> Path:
    """Return the folder of that environment's programs; it may have been reached by a path with `..` in it."""
    return Path(sys.executable).parent.resolve()


def _config(copy: Path, binary: Binary, place: Path) -> dict[str, object]:
    table: dict[str, object] = {":minimal": "read"}
    table.update({str(path): "read" for path in (binary.package, place, *installed())})
    table[":workspace_roots"] = {".": "write"}
    return {
        "default_permissions": PROFILE,
        "permissions": {PROFILE: {"filesystem": table}},
        "projects": {str(copy): {"trust_level": "untrusted"}},
    }


def _environment(copy: Path, home: Path, binary: Binary, place: Path) -> dict[str, str]:
    source = copy / "src" if (copy / "src").is_dir() else copy
    programs = (str(programs_folder()), str(binary.tools), "/usr/local/bin", "/usr/bin", "/bin")
    return {
        **environment(home, home, binary.tools),
        "PATH": os.pathsep.join(programs),
        "HOME": "/dev/shm",  # noqa: S108 - private to the sandbox
        "TMPDIR": "/dev/shm",  # noqa: S108 - private to the sandbox
        "LANG": "C.UTF-8",
        "CI": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join((str(source), str(place))),
        "PYTEST_ADDOPTS": f"-p {support.WITNESS} -p no:cacheprovider",
        "PROPOSER_COPY": str(copy),
        "PROPOSER_MODULES": ",".join(sorted(_modules(copy, source))),
    }


def _modules(copy: Path, source: Path) -> set[str]:
    """Return the names of the modules and packages that the copy itself holds."""
    found: set[str] = set()
    for folder in {copy, source}:
        found |= {path.stem for path in folder.glob("*.py")}
        found |= {path.parent.name for path in folder.glob("*/__init__.py")}
    return {name for name in found if name.isidentifier()} - set(sys.stdlib_module_names)


def _end(path: Path) -> str:
    lines = path.read_bytes()[-65_536:].decode(errors="replace").splitlines()
    return "\n".join(lines[-_KEPT_LINES:])

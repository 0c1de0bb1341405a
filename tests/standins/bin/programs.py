"""The programs that a job finds instead of its own: nothing is installed, and a script answers instead of a model.

Called as `python`, `inv`, `gh` or `sudo`. Whatever else they are asked for, the real ones beside STANDIN_PYTHON do.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ASKING = tuple(
    f"codex.{name}" for name in ("adr", "autofix", "dto", "predeploy", "release-notes", "review", "scaffold")
)
REAL = Path(os.environ["STANDIN_PYTHON"])


def really(*argv: str) -> int:
    """Run Python on what is checked out here and return its exit code."""
    paths = os.pathsep.join((str(Path.cwd() / "src"), os.environ["PYTHONPATH"]))
    return subprocess.run([str(REAL), *argv], env=os.environ | {"PYTHONPATH": paths}, check=False).returncode


def main(name: str, argv: list[str]) -> int:
    """Run one program and return its exit code."""
    with Path(os.environ["STANDIN_CALLS"]).open("a", encoding="utf-8") as calls:
        calls.write(f"{name} {' '.join(argv)}\n")
    if name == "sudo":
        return 0
    if name == "gh":
        return _gh(argv)
    if argv[:3] == ["codex.lock", "--upgrade", "latest"]:
        sys.stdout.write("0.0.1 -> 0.0.2: nothing that the runs use has changed\n")
        return 0  # it would ask the index
    if name == "inv":
        return subprocess.run([str(REAL), "-m", "invoke", *_task(argv)], check=False).returncode
    module = argv[1] if argv[0] == "-m" else ""
    return _MODULES.get(module, _other)(argv)


def _task(argv: list[str]) -> list[str]:
    """Return a task and its options: a script answers, and one drill stands for all."""
    if argv[0] == "codex.drill":
        return [*argv, "--name", "git-push"]
    if argv[0] not in ASKING:
        return argv
    script = Path(os.environ["STANDIN_SCRIPT"])
    own = script.with_name(f"{script.name}.{argv[0]}")
    return [*argv, "--provider", f"rehearsal:{own if own.exists() else script}"]


def _gh(argv: list[str]) -> int:
    """List the one run that there was, and download what it uploaded."""
    if argv[:2] == ["run", "list"]:
        sys.stdout.write(f"{os.environ['GITHUB_RUN_ID']}\n")
    elif argv[:2] == ["run", "download"]:
        for source in Path(os.environ["STANDIN_ARTIFACTS"]).glob(argv[argv.index("--pattern") + 1]):
            shutil.copytree(source, Path(argv[argv.index("--dir") + 1]) / source.name)
    return 0


def _other(argv: list[str]) -> int:
    return subprocess.run([str(REAL), *argv], check=False).returncode


def _here(*argv: str) -> int:
    """Run Python on what is checked out here."""
    paths = os.pathsep.join((str(Path.cwd() / "src"), os.environ["PYTHONPATH"]))
    return subprocess.run([str(REAL), *argv], env=os.environ | {"PYTHONPATH": paths}, check=False).returncode


def _nox(argv: list[str]) -> int:
    """Do one check really where STANDIN_CHECK says which, or print what STANDIN_NOX says and fail."""
    if "-s" in argv:
        return 0
    if check := os.environ.get("STANDIN_CHECK"):
        return _here(*check.split())
    said = os.environ.get("STANDIN_NOX", "")
    sys.stdout.write(said.replace("|", "\n") + "\n")
    return 1 if said else 0


def _coverage(argv: list[str]) -> int:
    if argv[2] == "run":
        return _here(*argv[3:])
    return _written(argv[argv.index("-o") + 1], {"totals": {"percent_covered": 91.0}})


def _audit(argv: list[str]) -> int:
    return _written(argv[argv.index("--output") + 1], {"dependencies": [{"name": "a", "version": "1", "vulns": []}]})


def _written(name: str, document: object) -> int:
    Path(name).write_text(json.dumps(document), encoding="utf-8")
    return 0


_MODULES = {"nox": _nox, "coverage": _coverage, "pip_audit": _audit, "pip": lambda _: 0}

sys.exit(main(sys.argv[1], sys.argv[2:]))

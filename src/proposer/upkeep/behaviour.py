"""What one Codex does, observed: run as a module by a Python that has that Codex, it prints one JSON document."""

import contextlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from proposer import probing, process
from proposer.config import lock as locks
from proposer.config.lockfile import Lock
from proposer.errors import ProposerError
from proposer.invocation import binary as binaries
from proposer.invocation.binary import Binary
from proposer.invocation.home import environment
from proposer.proving import drills, rules
from proposer.relay.tape import MANIFEST
from proposer.upkeep import specimen

__all__ = ["FLAGS", "main", "observe"]

FLAGS: dict[str, tuple[str, ...]] = {
    "exec": ("--strict-config", "--json", "--ephemeral", "--output-schema", "-o", "-C", "-c", "--skip-git-repo-check"),
    "sandbox": ("-P", "-C"),
    "execpolicy check": ("-r",),
    "debug models": ("--bundled",),
    "responses-api-proxy": ("--server-info", "--upstream-url"),
}
"""Options that runs and tasks give to Codex, by its subcommand."""
_CONFIG = ".codex/config.toml"
_ROW = re.compile(r"^(\S+)\s+(.+?)\s+(true|false)$")


def observe(root: Path, scratch: Path, lock: Lock, *, name: str, tape: Path) -> dict[str, Any]:
    """Try everything that runs of a repository ask of Codex, with the installed one.

    Args:
        root: a copy of the repository, whose lock pins the installed Codex.
        scratch: an empty folder.
        lock: chooses model and effort.
        name: which drills to try, as a pattern; empty: none.
        tape: a recording; it is made where it is missing, else played.
    """
    found = binaries.find()
    pinned = locks.of_worktree(root)
    wired = specimen.wired(scratch, lock)
    config = pinned.files.get(_CONFIG)
    with tempfile.TemporaryDirectory(dir=scratch) as place:
        probe = probing.Probe(found, Path(place))
        known = {
            "version": found.version,
            "flags": _tried(lambda: _flags(found, Path(place))),
            "features": _tried(lambda: _features(found, Path(place))),
            "config": _tried(lambda: probe.config(config) if config is not None else ""),
            "models": _tried(lambda: _models(found)),
        }
    runs = {one: _tried(partial(specimen.ran, wired, one, scratch)) for one in specimen.WORKFLOWS}
    works = all("tools" in run for run in runs.values())  # an attack on a run that cannot be made shows nothing
    return {
        **known,
        "runs": runs,
        "cassette": _tried(lambda: _cassette(wired, scratch, tape)),
        "rules": _tried(lambda: _rules(root)),
        "drills": _tried(lambda: _drills(root, name)) if name and works else {},
    }


def _tried(look: Callable[[], Any]) -> Any:
    """Return what was found, or an object with the error: one thing that fails must not hide the others."""
    try:
        return look()
    except (ProposerError, OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        return {"error": f"{type(error).__name__}: {error}"[:500]}


def _call(found: Binary, folder: Path, *argv: str) -> process.Finished:
    return process.run([str(found.path), *argv], env=environment(folder, folder, found.tools), cwd=folder, timeout=60)


def _flags(found: Binary, folder: Path) -> dict[str, bool]:
    seen = {}
    for command, options in FLAGS.items():
        done = _call(found, folder, *command.split(), "--help")
        text = done.stdout.decode(errors="replace") if done.returncode == 0 else ""
        for option in options:
            seen[f"{command} {option}"] = re.search(rf"(?m)(^|[\s,]){re.escape(option)}(?![\w-])", text) is not None
    return seen


def _features(found: Binary, folder: Path) -> dict[str, str]:
    """Return the stage of each feature of Codex, and whether it is on by itself."""
    done = _call(found, folder, "features", "list")
    rows = (_ROW.match(line.strip()) for line in done.stdout.decode(errors="replace").splitlines())
    return {row[1]: f"{row[2]}, {'on' if row[3] == 'true' else 'off'}" for row in rows if row}


def _models(found: Binary) -> dict[str, dict[str, Any]]:
    return {
        slug: {"efforts": list(model.efforts), "code_mode": model.code_mode}
        for slug, model in probing.catalogue(found).items()
    }


def _rules(root: Path) -> dict[str, Any]:
    report = rules.examine(root, cached=True, on_step=lambda _: None)
    commands = {row.case.command: f"{row.execpolicy or 'not asked'}, {row.run or 'not tried'}" for row in report.cases}
    return {"problems": list(report.problems), "commands": commands}


def _drills(root: Path, name: str) -> dict[str, str]:
    suite = drills.run(root, name=name, environment=os.environ, on_result=lambda _: None)
    return {one.name: one.outcome if one.outcome == "contained" else one.told() for one in suite.results}


def _cassette(wired: Path, scratch: Path, tape: Path) -> str:
    """Record a run, or play the recording of another Codex; return what came of it.

    A recording is bound to the version that made it; a copy with another label shows whether the requests are the same.
    """
    if not tape.exists():
        return str(specimen.ran(wired, "look", scratch, record=tape)["outcome"])
    copy = scratch / "relabelled"
    shutil.copytree(tape, copy)
    label = json.loads((copy / MANIFEST).read_text(encoding="utf-8")) | {"codex_version": binaries.find().version}
    (copy / MANIFEST).write_text(json.dumps(label), encoding="utf-8")
    return str(specimen.ran(wired, "look", scratch, provider=f"cassette:{copy}")["outcome"])


def main(argv: list[str]) -> int:
    """Observe and print; arguments: the repository, a scratch folder, a pattern of drills, a recording."""
    root, scratch, name, tape = Path(argv[0]), Path(argv[1]), argv[2], Path(argv[3])
    lock = locks.read(locks.of_worktree(root).lock_text, "the copy")
    specimen.repinned(root, lock)
    with contextlib.redirect_stdout(sys.stderr):
        document = observe(root, scratch, lock, name=name, tape=tape)
    sys.stdout.write(json.dumps(document) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

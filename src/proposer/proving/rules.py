"""Checks `.codex/rules`: what the files say, what `codex execpolicy check` says, and what becomes of real commands.

The two differ: `execpolicy check` compares the words of a command, a run unwraps shells and absolute paths first, and
anything with a variable, a redirection or another program in front gets around the rules. Rules keep accidents away;
the table says what contains the rest.
"""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from proposer import git, process
from proposer.config import lock as locks
from proposer.config.lockfile import Lock
from proposer.invocation import binary as binaries
from proposer.invocation.binary import Binary
from proposer.invocation.home import environment
from proposer.probing import Probe
from proposer.proving import rulefile
from proposer.proving.cases import CASES, MINIMUM, Case, parse
from proposer.proving.judgement import Judged, Report
from proposer.proving.rehearsal import rehearse

__all__ = ["examine"]

_FOLDER = ".codex/rules/"
_TURN = 12
"""Commands of one turn: they run side by side, and of very many some results would be lost."""
_BUILTIN = "style commands are not permitted"
"""Words of Codex's own refusal of `rm -f`, which needs no rule."""


def examine(folder: Path, *, cached: bool, on_step: Callable[[str], None]) -> Report:
    """Check the rules of the working tree with the pinned Codex.

    No command is run where a file allows something, hides what it decides or does not load: an allowed command would
    run outside of the sandbox.

    Args:
        folder: somewhere inside the repository.
        cached: whether a digest of the binary that was computed before may be believed.
        on_step: told what happens, for people.

    Raises:
        UsageError: there is no lock, or the table cannot be read.
        StopError: the installed Codex is not the pinned one (`drifted`), or the rehearsed run did not end.
    """
    root = git.root_of(folder)
    pinned = locks.of_worktree(root)
    lock = locks.read(pinned.lock_text, "the working tree")
    binary = binaries.check(binaries.find(), lock, cached=cached)
    files = {path: data for path, data in sorted(pinned.files.items()) if _is_loaded(path)}
    cases = parse(pinned.files[CASES]) if CASES in pinned.files else ()
    problems = [] if CASES in pinned.files else [f"there is no {CASES}: commands, and what becomes of each"]
    problems += [] if files else [f"there is no {_FOLDER}*.rules"]
    problems += [f"{path} is not loaded: codex reads {_FOLDER}*.rules only" for path in pinned.files if _is_stray(path)]
    on_step("reading the rules")
    unsafe = [
        f"{path}: {row}" for path, data in files.items() for row in rulefile.problems(data.decode(errors="replace"))
    ]
    with tempfile.TemporaryDirectory(prefix="proposer-rules-") as scratch:
        unsafe += _unloaded(binary, files, Path(scratch))
        judged = [] if unsafe or not files else _asked(binary, files, [*cases, *_least(cases)], Path(scratch))
    if judged and not any(row.execpolicy == "allow" for row in judged):
        on_step(f"trying {len(judged)} commands in a rehearsed run")
        judged = _tried(judged, binary, lock, files)
    counts = (
        () if unsafe else tuple((path, rulefile.count(data.decode(errors="replace"))) for path, data in files.items())
    )
    shown, least = judged[: len(cases)], judged[len(cases) :]
    wrong = [row for one in shown if (row := one.wrong())]
    return Report(problems=(*problems, *unsafe, *wrong, *_lacking([*shown, *least])), files=counts, cases=tuple(shown))


def _is_loaded(path: str) -> bool:
    name = PurePosixPath(path)
    return f"{name.parent}/" == _FOLDER and name.suffix == ".rules"


def _is_stray(path: str) -> bool:
    return path.startswith(_FOLDER) and not _is_loaded(path) and path != CASES


def _unloaded(binary: Binary, files: Mapping[str, bytes], scratch: Path) -> list[str]:
    """Return why files do not load in this Codex; their own match and not_match examples are part of loading."""
    probe = Probe(binary, scratch)
    rows = []
    for path, data in files.items():
        place = scratch / PurePosixPath(path).name
        place.write_bytes(data)
        if complaint := probe.rules(place):
            rows.append(f"{path} does not load: {complaint.replace(f'{scratch}/', '')}")
    return rows


def _least(cases: Sequence[Case]) -> list[Case]:
    """Return the commands that every repository's rules must refuse, where the table does not name them."""
    named = {case.command for case in cases}
    commands = [command for group in MINIMUM.values() for command in group]
    return [Case(command=text, execpolicy="forbidden", run="rules") for text in commands if text not in named]


def _asked(binary: Binary, files: Mapping[str, bytes], cases: Sequence[Case], scratch: Path) -> list[Judged]:
    """Let `codex execpolicy check` judge each command; it exits 0 for every verdict, which is in its JSON."""
    rules = [word for path in files for word in ("-r", str(scratch / PurePosixPath(path).name))]
    judged = []
    for case in cases:
        argv = [str(binary.path), "execpolicy", "check", *rules, "--", *case.words]
        done = process.run(argv, env=environment(scratch, scratch, binary.tools))
        try:
            verdict = str(json.loads(done.stdout).get("decision", "none"))
        except ValueError:
            verdict = "no verdict"
        judged.append(Judged(case=case, execpolicy=verdict))
    return judged


def _tried(judged: Sequence[Judged], binary: Binary, lock: Lock, files: Mapping[str, bytes]) -> list[Judged]:
    """Let the real Codex run each command, in its sandbox, and look into its next request at what became of it."""
    blocks = [judged[at : at + _TURN] for at in range(0, len(judged), _TURN)]
    turns = [[{"shell": row.case.command} for row in block] for block in blocks]
    requests = rehearse(turns, binary=binary, lock=lock, files=files)
    outputs = {output["call_id"]: str(output["text"]) for request in requests for output in request["outputs"]}
    return [
        # The script names its calls by turn and place (relay/script.py).
        replace(row, run=_fate(outputs.get(f"call_{turn}_{place}")))
        for turn, block in enumerate(blocks, 1)
        for place, row in enumerate(block)
    ]


def _fate(output: str | None) -> str:
    if output is None or output.startswith("unsupported call"):
        return "lost"
    if not (output.startswith("exec_command failed") and "Rejected(" in output):
        return "runs"
    return "codex" if _BUILTIN in output else "rules"


def _lacking(judged: Sequence[Judged]) -> Iterator[str]:
    """Yield one sentence for each command of the minimum that the rules let pass."""
    found = {row.case.command: row for row in judged}
    for group, commands in MINIMUM.items():
        for command in commands:
            row = found.get(command)
            if row is not None and (row.execpolicy not in ("forbidden", "prompt") or row.run not in ("rules", "")):
                yield f"no rule refuses `{command}` ({group})"

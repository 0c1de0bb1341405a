"""Runs the drills of a repository: which ones, in which processes, and what came of each."""

import contextlib
import json
import os
import site
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from proposer import git, process
from proposer.config import lock as locks
from proposer.errors import Outcome, ProposerError
from proposer.interrupts import interruptible
from proposer.proving.drill import Drill, catalogue, chosen
from proposer.proving.evidence import Evidence
from proposer.proving.result import Result
from proposer.proving.suite import Suite
from proposer.proving.worker import command

__all__ = ["DriftedError", "check_lock", "run"]

_WORKERS = 2
_CEILINGS = process.Ceilings(wall_seconds=3600, idle_seconds=600)
_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "SSL_CERT_FILE", "SSL_CERT_DIR")


class DriftedError(ProposerError):
    """The files of the working tree are not those of its lock; drills of something else would prove nothing."""

    exit_code = Outcome.DRIFTED.exit_code


@dataclass
class _Shared:
    """What two workers share: the folder of the suite, results as they come, and whether to stop."""

    folder: Path
    root: Path
    names: Sequence[str]
    on_result: Callable[[Result], None]
    results: dict[str, Result] = field(default_factory=dict)
    stop: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, line: bytes) -> None:
        """Take a result that a worker printed."""
        with self._lock, contextlib.suppress(ValueError, TypeError):
            result = Result(**json.loads(line))
            self.results[result.name] = result
            self.on_result(result)


def run(folder: Path, *, name: str = "", environment: Mapping[str, str], on_result: Callable[[Result], None]) -> Suite:
    """Try every drill, or those that `name` means, against a copy of the repository that holds `folder`.

    Args:
        folder: somewhere inside the repository. Only `.proposer/drills/` is written, where one was not contained.
        name: a drill's name or a pattern such as `poison-*`; empty: all of them.
        environment: the caller's environment; none of its secrets reach an attack.
        on_result: told each result as it comes.

    Raises:
        UsageError: no repository, no lock, no such drill, or a file in `drills/` that is none.
        DriftedError: lock and files differ.
        KeyboardInterrupt: interrupted; the workers were ended first.
    """
    started = time.monotonic()
    root = git.root_of(folder)
    drills = chosen(catalogue(root), name)
    check_lock(root)
    evidence = Evidence(root=root)
    evidence.clear()
    # Those that wait for a limit come first, so that the other worker has something to do meanwhile.
    names = sorted(drills, key=lambda key: "limits" not in drills[key].settings)
    with interruptible(), tempfile.TemporaryDirectory(prefix="proposer-drills-") as scratch:
        work = _Shared(folder=Path(scratch), root=root, names=names, on_result=on_result)
        _share(work, environment)
    results = [work.results.get(key) or _lost(drill) for key, drill in drills.items()]
    return Suite(results=results, seconds=time.monotonic() - started)


def check_lock(root: Path) -> None:
    """Refuse a working tree whose files are not those of its lock.

    Raises:
        UsageError: there is no lock.
        DriftedError: lock and files differ.
    """
    pinned = locks.of_worktree(root)
    rows = locks.differences(locks.read(pinned.lock_text, "the working tree"), pinned)
    if rows:
        more = f" (and {len(rows) - 1} more)" if len(rows) > 1 else ""
        raise DriftedError(f"{rows[0]}{more}", locks.mending(rows))


def _share(work: _Shared, environment: Mapping[str, str]) -> None:
    """Let the workers run to their end; an interrupt ends them first."""
    (work.folder / "claims").mkdir()
    with ThreadPoolExecutor(_WORKERS) as pool:
        running = [pool.submit(_work, work, number, environment) for number in range(min(_WORKERS, len(work.names)))]
        try:
            for worker in running:
                worker.result()
        except BaseException:
            work.stop = "interrupted"
            raise


def _work(work: _Shared, number: int, environment: Mapping[str, str]) -> None:
    home = work.folder / f"home-{number}"
    home.mkdir()
    env = {key: environment[key] for key in _KEPT if key in environment}
    env |= {"HOME": str(home), "PYTHONUSERBASE": site.getuserbase() or ""}
    process.supervise(
        command(work.root, work.folder / "claims", work.names),
        env=env,
        cwd=home,
        stdin=Path(os.devnull),
        stderr=work.folder / f"worker-{number}.log",
        mark=f"{work.folder.name}-{number}",
        ceilings=_CEILINGS,
        on_line=work.take,
        last_activity=lambda: 0.0,
        must_stop=lambda: work.stop,
    )


def _lost(drill: Drill) -> Result:
    return Result(
        name=drill.name, tried=drill.tried, reached=False, stopped_by=None, outcome="unavailable",
        detail="the process that tried it ended early", remedy=f"run it alone: inv codex.drill --name {drill.name}",
    )  # fmt: skip

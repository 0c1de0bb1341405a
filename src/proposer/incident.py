"""A bundle about one run that went wrong: everything that is known of it, and a plan of what to take back."""

import io
import json
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proposer import git, lineage, regression
from proposer.errors import RefusedError, UsageError
from proposer.git import Git
from proposer.provenance import heads, proofs, record, statement
from proposer.regression import Commit, Drift
from proposer.reports.safe import inline, log_line

__all__ = ["Bundle", "bundle"]

_EPOCH = (1980, 1, 1, 0, 0, 0)
_LARGEST = 256 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What was written, and what it says.

    `record` is `whole`, `damaged`, or `gone`: then the statement that was committed is all that is left.
    """

    run: str
    path: Path
    record: str
    problems: tuple[str, ...]
    commits: tuple[Commit, ...]
    drift: Drift
    files: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return the JSON form (`proposer/incident/v1`); incident.json of the bundle has it without `path`."""
        return {
            "schema": "proposer/incident/v1", "run": self.run, "path": str(self.path), "record": self.record,
            "problems": list(self.problems), "files": list(self.files),
            "commits": [{"commit": one.oid, "title": one.title, "merge": one.merge, "reverted": one.reverted,
                         "revert": one.revert} for one in self.commits],
            **self.drift.document(),
        }  # fmt: skip

    def show(self) -> None:
        """Print it for people."""
        left = [one for one in self.commits if not one.reverted]
        sys.stdout.write(f"{log_line(str(self.path))}: {len(self.files)} files about run {self.run}\n")
        sys.stdout.writelines(f"! {' '.join(log_line(problem).split())}\n" for problem in self.problems)
        sys.stdout.write(f"to revert: {len(left)} of {len(self.commits)} commit(s); PLAN.md has the commands\n")


def bundle(folder: Path, subject: str, out: Path | None = None) -> Bundle:
    """Write the bundle of a run, or of the run that a commit names.

    The same repository gives the same bytes.

    Args:
        folder: somewhere inside the repository.
        subject: id of a run, the start of one, or a commit.
        out: the file; default `artifacts/incident-RUN.zip` in the repository.

    Raises:
        UsageError: there is no such run or commit, a commit that names none or several, or no statement of it.
        RefusedError: the file cannot be written, or its place is taken by another one.
    """
    root = git.root_of(folder)
    repository, store = Git(cwd=root), record.Store(root)
    store.check()
    run = _run(repository, store, subject)
    state, files, problems = _record(store, run)
    data = files.get(f"record/{record.STATEMENT}") or _committed(repository, run)
    if data is None:
        raise UsageError(f"neither the record nor the statement of run {run} is here", "fetch the branch that has it")
    try:
        changed = regression.drift(repository, store, statement.read(data))
    except RefusedError as error:
        changed, problems = Drift(), (*problems, error.message)
    path = out or root / "artifacts" / f"incident-{run}.zip"
    made = Bundle(
        run=run, path=path, record=state, problems=problems, commits=regression.led_to(repository, run),
        drift=changed,
    )  # fmt: skip
    files = {"statement.json": data, **files, **_proofs(repository, store, data)}
    files["PLAN.md"] = _plan(made).encode()
    made = Bundle(**{**made.__dict__, "files": tuple(sorted([*files, "incident.json"]))})
    told = made.document()
    del told["path"]
    files["incident.json"] = (json.dumps(told, indent=2, sort_keys=True) + "\n").encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_zipped(files))
    except OSError as error:
        raise RefusedError(f"{path} cannot be written: {error.strerror}", "name another place: --out FILE") from error
    return made


def _run(repository: Git, store: record.Store, subject: str) -> str:
    known = [run for run in store.names() if subject and run.startswith(subject)]
    if len(known) == 1:
        return known[0]
    if _committed(repository, subject) is not None:
        return subject
    commit = repository.call("rev-parse", "--verify", "--quiet", "--end-of-options", f"{subject}^{{commit}}")
    if commit.returncode or not subject:
        what = f"{len(known)} runs start with" if known else "there is neither a run nor a commit"
        raise UsageError(f"{what} {subject[:200]!r}", "look at: inv codex.runs")
    found = lineage.of_commit(store.root, commit.stdout.decode().strip()).runs
    names = sorted({one.run for one in found})
    if len(names) != 1:
        raise UsageError(
            f"commit {subject[:40]} names {', '.join(names)}" if names else f"commit {subject[:40]} names no run",
            "name one of the runs" if names else "look at: git log, inv codex.runs",
        )
    return names[0]


def _record(store: record.Store, run: str) -> tuple[str, dict[str, bytes], tuple[str, ...]]:
    """Return the state of a record, its files as the bundle has them, and what is wrong with it."""
    place = store.runs / run
    if place.is_symlink() or not place.is_dir():
        return "gone", {}, ("the record is not here: the statement that was committed is all that is left",)
    try:
        problems = tuple(store.problems(place))
    except RefusedError as error:
        problems = (error.message,)
    files, size = dict[str, bytes](), 0
    for path in sorted(place.iterdir()):
        if path.is_symlink() or not path.is_file():
            continue  # its name stands among the problems
        size += path.stat().st_size
        if size > _LARGEST:
            problems = (*problems, f"{path.name} and what follows was left out: the record is too large")
            break
        files[f"record/{path.name}"] = path.read_bytes()
    return "damaged" if problems else "whole", files, problems


def _committed(repository: Git, run: str) -> bytes | None:
    """Return the statement of a run as HEAD has it."""
    if "/" in run or not run:
        return None
    done = repository.call("cat-file", "blob", f"HEAD:{lineage.PROVENANCE}/{run}.statement.json")
    return done.stdout if done.returncode == 0 else None


def _proofs(repository: Git, store: record.Store, data: bytes) -> dict[str, bytes]:
    """Return the proof that the statement is in the ledger here, and the heads of it that are known."""
    files = dict[str, bytes]()
    committed = repository.call("cat-file", "blob", f"HEAD:{heads.PATH}")
    if committed.returncode == 0:
        files["ledger.head"] = committed.stdout
    try:
        if (proof := proofs.made(store.ledger, data)) is not None:
            files[proofs.FILE] = proof
    except RefusedError:
        pass  # what is wrong with the ledger stands among the problems
    return files


def _zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return stream.getvalue()


def _plan(made: Bundle) -> str:
    """Return PLAN.md: four steps, each with its commands."""
    rows = [f"# Incident: run {made.run}", "", "Four steps, in this order. Nothing of it was done yet.", ""]
    rows += ["## 1. Take the change back", ""]
    left = [one for one in made.commits if not one.reverted]
    rows += [f"- {one.oid[:12]} was taken back already ({inline(one.title)})" for one in made.commits if one.reverted]
    if left:
        rows += ["On a branch, newest first; then through the usual checks:", "", "```sh"]
        rows += [one.revert for one in left]
        rows += ["```", "", *(f"- {one.oid[:12]} {inline(one.title)}" for one in left)]
    elif not made.commits:
        rows += [
            "No commit of HEAD's history names the run. Was it applied by hand, or squashed? `git log -- FILE` helps."
        ]
    rows += ["", "A migration among it: read first how it is undone.", "", "## 2. Keep the evidence", ""]
    rows += [f"This bundle: the record is {made.record}."]
    rows += [f"- {inline(problem)}" for problem in made.problems]
    rows += ["", "## 3. Was it the instructions?", "", *_instructions(made.drift)]
    rows += ["", "## 4. Was it a tool?", "", *_tools(made.drift)]
    rows += [
        "",
        "Then close the gap with something that runs: a test, a constraint, a gate, a case for `inv codex.eval`.",
    ]
    return "\n".join(rows) + "\n"


def _instructions(drift: Drift) -> list[str]:
    if drift.good is None:
        return ["There is no earlier run of this workflow here that went well, so what changed is unknown."]
    names = [name for name, *_ in drift.instructions if name not in ("codex", "codex.lock", "config")]
    if not names:
        return [f"Prompt, schema, rules, skills and AGENTS.md are those of {drift.good}, which went well: no."]
    rows = [f"Since {drift.good}, which went well, these differ: {', '.join(names)}.", ""]
    if not drift.files:
        return [*rows, "The lock of then is not in this history, so restore them by hand: `git log -- .github/codex`."]
    commands = [command for _, command in drift.files]
    return [*rows, "```sh", *commands, "inv codex.lock", "```", "", "Then run it again on the same base."]


def _tools(drift: Drift) -> list[str]:
    if drift.good is None:
        return ["Unknown, as above. `codex.lock` and its history say which Codex and which model were pinned."]
    if not drift.pins:
        return [f"Codex, proposer, model and effort are those of {drift.good}: no."]
    rows = [f"- {name}: {inline(then)} then, {inline(now)} now" for name, then, now in drift.pins]
    back = f"git checkout {drift.lock} -- codex.lock" if drift.lock else "git log -- codex.lock"
    return [*rows, "", "```sh", back, "inv codex.doctor", "```", "",
            "Restore the requirement that came with the lock too, then evaluate again: `inv codex.eval`."]  # fmt: skip

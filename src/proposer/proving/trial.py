"""One case, tried: its patch becomes a commit in a copy of the repository, and the pinned review looks at it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from proposer import workflow
from proposer.config.settings import Settings
from proposer.errors import InterruptedRunError, Outcome, UsageError
from proposer.inputs.stage import is_instruction
from proposer.inputs.subject import changes_between
from proposer.proving.casebook import Entry
from proposer.proving.evals import Case, Expectation, Finding, Score, pairs, score
from proposer.proving.repository import Repository

__all__ = ["Attempt", "Trial", "attempt", "prepare"]

_WORKFLOW = "review"
_FINISHED = (Outcome.CLEAN, Outcome.FINDINGS, Outcome.BLOCKED)
"""Outcomes of a review that looked at everything; of any other, nobody knows what the model would have found."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A case that can be tried: two commits of the copy, and its expectations tied to lines that exist."""

    name: str
    where: str
    base: str
    head: str
    case: Case


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What a review made of a case. `missed` are expected defects, `false` findings that report none of them."""

    name: str
    case: Case
    outcome: Outcome
    message: str
    seconds: float
    score: Score | None
    missed: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    record: str = ""


def prepare(entry: Entry, repository: Repository, settings: Settings) -> Trial:
    """Make the commit of a case.

    Args:
        entry: the case.
        repository: the copy; its first commit is the base.
        settings: of the base.

    Raises:
        UsageError: the patch does not apply, or changes nothing or what no review sees or finishes, or an expectation
            cannot be met.
    """
    git, base = repository.git, repository.first
    git("read-tree", base)
    applied = git.call("apply", "--cached", "--whitespace=nowarn", "-", stdin=entry.patch)
    if applied.returncode != 0:
        said = applied.stderr.decode(errors="replace").strip().splitlines() or ["git apply failed"]
        raise UsageError(
            f"{entry.where}/change.patch does not apply to this repository: {said[0].removeprefix('error: ')}",
            "make the change anew and write it with: git diff > change.patch",
        )
    head = git.text("commit-tree", git.text("write-tree"), "-p", base, "-m", "a change")
    changed = {change.path for change in changes_between(git, base, head)}
    if not changed:
        raise UsageError(f"{entry.where}/change.patch changes nothing", "make the change anew")
    hidden = sorted(path for path in changed if any(fnmatchcase(path, one) for one in settings.paths.exclude))
    if hidden:
        raise UsageError(
            f"{entry.where}/change.patch changes {hidden[0]}, which [paths] of proposer.toml keeps from reviews",
            "leave the file out of the case",
        )
    touched = sorted(filter(partial(is_instruction, more=settings.paths.instruction), changed))
    if touched:
        raise UsageError(
            f"{entry.where}/change.patch touches {touched[0]}: a review of such a change is never finished",
            "leave instruction paths out of the case",
        )
    placed = tuple(
        _placed(entry, number, changed, repository, {"old": base, "new": head})
        for number in range(len(entry.case.expect))
    )
    case = entry.case.model_copy(update={"expect": placed})
    return Trial(name=entry.name, where=entry.where, base=base, head=head, case=case)


def _placed(
    entry: Entry, number: int, changed: set[str], repository: Repository, sides: Mapping[str, str]
) -> Expectation:
    """Return an expectation with its lines, or say why no finding could meet it."""
    wanted = entry.case.expect[number]
    hint = f"mend [[expect]] number {number + 1} in {entry.where}/case.toml"
    if wanted.path not in changed:
        raise UsageError(f"{entry.where} expects a finding in {wanted.path}, which its patch does not change", hint)
    found = repository.git.call("cat-file", "blob", f"{sides[wanted.side]}:{wanted.path}")
    if found.returncode != 0:
        raise UsageError(f"{entry.where} expects a finding in {wanted.path}, which is not on side {wanted.side}", hint)
    try:
        return wanted.placed(found.stdout.decode(errors="replace"))
    except ValueError as error:
        raise UsageError(f"{entry.where} expects what no finding can meet: {error}", hint) from error


def attempt(
    trial: Trial,
    repository: Repository,
    provider: str,
    *,
    environment: Mapping[str, str],
    record: Path | None,
    keep: Callable[[str, Path], str],
    on_step: Callable[[str], None],
) -> Attempt:
    """Review a case with the repository's own workflow, lock and prompt.

    Args:
        trial: what `prepare` made.
        repository: the copy.
        provider: as for `--provider`, with an absolute path.
        environment: the caller's environment.
        record: keep the run as a cassette in this folder.
        keep: given name and record of the run; returns where the record was kept.
        on_step: told what happens, for people.

    Raises:
        UsageError: the repository or the provider cannot be used.
        KeyboardInterrupt: interrupted.
    """
    request = workflow.Request(
        workflow=_WORKFLOW, base=trial.base, head=trial.head, provider=provider, fresh=True, record=record
    )
    on_step(f"reviewing {trial.name}")
    summary = workflow.execute(repository.root, request, environment=environment, on_step=lambda _: None)
    if summary.outcome.exit_code == InterruptedRunError.exit_code:
        raise KeyboardInterrupt
    findings = [Finding.model_validate(finding.model_dump()) for finding in summary.findings]
    met = pairs(trial.case, findings)
    finished = summary.outcome in _FINISHED
    return Attempt(
        name=trial.name,
        case=trial.case,
        outcome=summary.outcome,
        message=summary.message,
        seconds=summary.seconds,
        score=score(trial.case, findings) if finished else None,
        missed=tuple(
            f"{wanted.path}{_lines(wanted.lines)} ({wanted.severity} {'/'.join(wanted.categories)})"
            for number, wanted in enumerate(trial.case.expect) if finished and number not in met.values()
        ),
        false=tuple(
            f"{one.path}:{one.start_line} ({one.severity} {one.category}, {one.side} side) {one.title}"
            for number, one in enumerate(findings) if finished and number not in met
        ),
        record=keep(trial.name, repository.root / summary.record) if summary.record else "",
    )  # fmt: skip


def _lines(lines: tuple[int, int] | None) -> str:
    if lines is None:
        return ""
    return f":{lines[0]}" if lines[0] == lines[1] else f":{lines[0]}-{lines[1]}"

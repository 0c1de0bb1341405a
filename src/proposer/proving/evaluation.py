"""Reviews every seeded-defect case of a repository, one after the other, and scores what was found."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from proposer import git
from proposer.config import lock as locks
from proposer.config import settings as config
from proposer.errors import UsageError
from proposer.interrupts import interruptible
from proposer.proving import trial as trials
from proposer.proving.casebook import CASSETTE, FOLDER, SCRIPT, Entry, casebook
from proposer.proving.drills import check_lock
from proposer.proving.evals import Thresholds
from proposer.proving.evidence import Evidence
from proposer.proving.repository import Repository
from proposer.proving.scorecard import Scorecard
from proposer.relay import provider as providers

__all__ = ["evaluate"]


def evaluate(
    folder: Path,
    *,
    name: str = "",
    provider: str = "",
    record: Path | None = None,
    environment: Mapping[str, str],
    on_step: Callable[[str], None],
) -> Scorecard:
    """Try the cases of the repository that holds `folder`, as it stands.

    Every case is made, and its script or recording read, before the first one is tried: nobody pays for half of it.

    Args:
        folder: somewhere inside the repository. Only `.proposer/evals/` is written.
        name: a case's name or a pattern such as `clean-*`; empty: all of them.
        provider: `openai`, `rehearsal` or `cassette` (what lies beside each case), `rehearsal:FOLDER` or
            `cassette:FOLDER` (with a folder for each case); empty: `openai` where there is a key, else `rehearsal`.
        record: keep each run as a cassette below this folder.
        environment: the caller's environment; it names the key, nothing else.
        on_step: told what happens, for people.

    Raises:
        UsageError: a case, its script or the repository cannot be used.
        DriftedError: lock and files differ.
        KeyboardInterrupt: interrupted.
    """
    root = git.root_of(folder)
    entries = casebook(root, name)
    check_lock(root)
    settings = config.parse(locks.of_worktree(root).settings or b"")
    label, sources = _sources(root, folder, provider, entries, environment)
    evidence = Evidence(root=root, kind=FOLDER)
    with interruptible(), tempfile.TemporaryDirectory(prefix="proposer-evals-") as scratch:
        # The model works in a clone of the copy, so the answers to the cases must not be in it, nor in its history.
        copy = Repository.copied(root, Path(scratch) / "repository", Path(scratch) / "index", without=f"{FOLDER}/")
        tried = [trials.prepare(entry, copy, settings) for entry in entries]
        evidence.clear()
        attempts = [
            trials.attempt(
                one, copy, sources[one.name],
                environment=environment,
                record=(folder / record / one.name).absolute() if record else None,
                keep=evidence.keep,
                on_step=on_step,
            )
            for one in tried
        ]  # fmt: skip
    limits = Thresholds(
        recall=settings.evals.recall, precision=settings.evals.precision, noise=settings.evals.noise
    )  # fmt: skip
    return Scorecard(provider=label, attempts=tuple(attempts), limits=limits)


def _sources(
    root: Path, folder: Path, given: str, entries: list[Entry], environment: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """Return who answers, and `--provider` of each case; everything that can be missing is noticed here."""
    kind, _, path = (given or _default(root, environment)).partition(":")
    beside = {"rehearsal": SCRIPT, "cassette": CASSETTE}
    if kind not in beside:
        providers.choose(f"{kind}:{path}" if path else kind, "", root=root, environment=environment)
        return kind, {entry.name: kind for entry in entries}
    found = {}
    for entry in entries:
        place = (folder / path / entry.name).absolute() if path else entry.folder
        if path and kind == "cassette":
            found[entry.name] = f"{kind}:{place}"
        else:
            found[entry.name] = f"{kind}:{place / beside[kind]}"
        providers.choose(found[entry.name], "", root=root, environment=environment)
    return kind, found


def _default(root: Path, environment: Mapping[str, str]) -> str:
    try:
        return providers.choose("openai", "", root=root, environment=environment).name
    except UsageError:
        return "rehearsal"

"""A recorded run, played again from its record: the whole pipeline, with no network, no key and no model."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from proposer import git, workflow
from proposer.config.lockfile import LOCK_NAME
from proposer.errors import Outcome, RefusedError, StopError, UsageError
from proposer.inputs.subject import Recorded
from proposer.provenance import record, recording
from proposer.relay import tape as tapes
from proposer.relay.cassette import Cassette
from proposer.relay.provider import Provider
from proposer.reports.summary import Summary

__all__ = ["replay"]


def replay(folder: Path, run: str, *, environment: Mapping[str, str], on_step: Callable[[str], None]) -> Summary:
    """Play a run of this repository again, on the commits that its record names.

    The new record names the run as `replay_of`; it is never reused and counts in no metric. Its outcome is `drifted`
    where Codex sends other requests than it sent then, or where the same exchanges come to another result.

    Args:
        folder: somewhere inside the repository.
        run: id of a run, or the start of one; or a folder that `--record` wrote.
        environment: the caller's environment.
        on_step: told what happens, for people.

    Raises:
        UsageError: there is no such run, or its subject is not in this repository.
        StopError: a file of the record was changed (`drifted`).
    """
    root = git.root_of(folder)
    store = record.Store(root)
    taped = (folder / run) if run and (folder / run / tapes.MANIFEST).is_file() else None
    place = taped or store.find(run)
    with tempfile.TemporaryDirectory(prefix="proposer-replay-") as scratch:
        tape = _tape(store, place, Path(scratch) / "cassette", root, sealed=taped is not None)
        document = _document(store, place)
        prompt = (place / "prompt.md").read_bytes().decode("utf-8", errors="surrogateescape")
        parts = document.run.git
        known = recording.facts_of(place)
        request = workflow.Request(
            workflow=document.run.name,
            unlocked=document.run.unlocked,
            replay=workflow.Replay(
                subject=Recorded(
                    kind=parts.kind,
                    base=parts.base_sha,
                    old=parts.old_tree,
                    tree=parts.tree,
                    parent=parts.parent_sha,
                    head=parts.head_sha,
                ),
                provider=Provider(name="cassette", label=f"cassette:{document.run.id}", tape=tape),
                texts=recording.texts_of(document, prompt),
                untrusted=tuple(document.inputs.untrusted),
                facts=known.get("facts", {}),
                arguments=known.get("arguments", {}),
                earlier=known.get("earlier", []),
            ),
        )
        return workflow.execute(root, request, environment=environment, on_step=on_step)


def _tape(store: record.Store, place: Path, scratch: Path, root: Path, *, sealed: bool) -> Cassette:
    """Return the recording of a run; a record is checked and sealed first."""
    if sealed:
        return Cassette.read(place)
    try:
        damage = next(store.damage(place), "")
    except RefusedError as error:
        damage = error.message
    if damage:
        hint = "restore the folder from where it was made; inv codex.provenance names every difference"
        raise StopError(Outcome.DRIFTED, f"the record of {place.name} is damaged: {damage}", hint)
    document = _document(store, place)
    found = git.Git(cwd=root).call("cat-file", "blob", f"{document.run.git.base_sha}:{LOCK_NAME}")
    lock = found.stdout if found.returncode == 0 else None
    tapes.write(scratch, recording.manifest_of(document), place, lock)
    return Cassette.read(scratch, name=document.run.id)


def _document(store: record.Store, place: Path) -> record.Document:
    try:
        return store.document(place)
    except RefusedError as error:
        raise UsageError(error.message, "restore the folder from where it was made, or record the run again") from error

"""The folder of a cassette (`proposer/cassette/v1`): written, checked and read.

It holds `cassette.json` (the manifest, with the SHA-256 of every other file), the files of the run's record as they
are (`requests.jsonl` and `responses.jsonl` are what is compared and answered with), and the base's `codex.lock`.
Everything in it passed the redactor before it was written.
"""

import json
import shutil
import tempfile
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from proposer import digests
from proposer.errors import Outcome, StopError, UsageError

__all__ = ["ANEW", "MANIFEST", "SCHEMA", "Manifest", "check_target", "load", "write"]

SCHEMA = "proposer/cassette/v1"
MANIFEST = "cassette.json"
ANEW = "record it again: --record FOLDER"
_NEEDED = ("requests.jsonl", "responses.jsonl", "prompt.md")


class Manifest(BaseModel):
    """cassette.json. Digests are lower-case hexadecimal SHA-256."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    format: str = Field(SCHEMA, alias="schema", description="Format and its version.")
    run: str = Field(description="Id of the run that was recorded.")
    workflow: str = Field(description="Its workflow.")
    outcome: str = Field(description="What it came to.")
    fingerprint: str = Field(description="Its fingerprint.")
    provider: str = Field(description="Who answered then.")
    model: str = Field(description="Model that was asked for.")
    effort: str = Field(description="Reasoning effort that was asked for.")
    codex_version: str = Field(description="Codex CLI that sent the requests.")
    codex_sha256: str = Field(description="Digest of its binary.")
    proposer_version: str = Field(description="Version of this library.")
    base: str = Field(description="Trusted commit.")
    head: str | None = Field(description="Commit that the run was about; null for an index or a working tree.")
    tree: str = Field(description="Tree that the run was about.")
    files: dict[str, str] = Field(description="Digest of every other file by name.")


def load(folder: Path, name: str) -> tuple[Manifest, str, dict[str, bytes]]:
    """Read and check a cassette.

    Args:
        folder: where it is.
        name: what to call it in messages.

    Returns:
        The manifest, the SHA-256 of its bytes, and the bytes of each other file.

    Raises:
        UsageError: there is no cassette, or it has another format.
        StopError: a file is not what the manifest says (`drifted`).
    """
    manifest, digest = _manifest(folder, name)
    files = {}
    for file, wanted in manifest.files.items():
        path = folder / file
        if not path.is_file():
            raise StopError(Outcome.DRIFTED, f"{file} of cassette {name} is missing", f"restore it, or {ANEW}")
        files[file] = path.read_bytes()
        if digests.of_bytes(files[file]) != wanted:
            text = f"{file} of cassette {name} is not what {MANIFEST} says: it was changed or cut short"
            raise StopError(Outcome.DRIFTED, text, f"restore it, or {ANEW}")
    return manifest, digest, files


def _manifest(folder: Path, name: str) -> tuple[Manifest, str]:
    give = "give --provider cassette:FOLDER, a folder that --record wrote"
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        raise UsageError(f"cassette {name} {what}", give)
    try:
        data = (folder / MANIFEST).read_bytes()
    except OSError as error:
        if (folder / "record.json").exists():
            raise UsageError(f"{name} is a record, not a cassette", f"run: inv codex.replay {name}") from error
        raise UsageError(f"cassette {name} has no {MANIFEST}", give) from error
    try:
        document = json.loads(data)
        found = document.get("schema") if isinstance(document, dict) else None
        if found != SCHEMA:
            raise UsageError(f"cassette {name} has the format {found!r}, this version reads {SCHEMA}", ANEW)
        manifest = Manifest.model_validate(document)
    except (ValueError, RecursionError) as error:
        detail = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise UsageError(
            f"{MANIFEST} of cassette {name} cannot be read: {detail.lower()}", f"restore it, or {ANEW}"
        ) from error
    lacking = [file for file in _NEEDED if file not in manifest.files]
    strange = [file for file in manifest.files if "/" in file or file in (".", "..", MANIFEST)]
    if lacking or strange:
        what = f"does not list {lacking[0]}" if lacking else f"lists {strange[0]!r}, which is no file beside it"
        raise UsageError(f"{MANIFEST} of cassette {name} {what}", f"restore it, or {ANEW}")
    return manifest, digests.of_bytes(data)


def check_target(folder: Path) -> None:
    """Refuse a folder that holds something, before anything is run.

    Raises:
        UsageError: the folder is not new and not empty, or is a file.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"--record {folder} is not an empty folder", "name a new one, or remove it first")


def write(folder: Path, manifest: Manifest, record: Path, lock: bytes | None) -> None:
    """Write a cassette: complete, or not at all.

    Args:
        folder: where; new or empty.
        manifest: its files are filled in here.
        record: folder of the record, whose files are copied as they are.
        lock: text of the codex.lock that counted.

    Raises:
        UsageError: the folder cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            for path in sorted(record.iterdir()):
                shutil.copyfile(path, draft / path.name)
            if lock is not None:
                (draft / "codex.lock").write_bytes(lock)
            files = {path.name: digests.of_file(path) for path in sorted(draft.iterdir())}
            document = manifest.model_copy(update={"files": files}).model_dump(mode="json", by_alias=True)
            text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
            (draft / MANIFEST).write_text(text, encoding="utf-8")
            if folder.is_dir():
                folder.rmdir()
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"--record {folder} cannot be written: {error.strerror}", "name another folder") from error

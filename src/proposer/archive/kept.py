"""One record as reports need it: its document, and the parts of its result with the shape that they must have."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proposer.errors import Outcome, RefusedError
from proposer.outputs import carried
from proposer.outputs.answer import Finding
from proposer.outputs.carried import Carried
from proposer.outputs.patch import NAME as PATCH
from proposer.provenance.document import Document
from proposer.provenance.record import Store

__all__ = ["Kept", "load"]

_PATCH_BYTES = 256 * 1024
_EXAMINED = ("clean", "findings", "blocked")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A record. Its texts are those of a model or a stranger: whoever shows them makes them harmless.

    `patch` is the proposal's beginning, empty where there is none; `files` are sizes in bytes by name.
    """

    place: Path
    document: Document
    message: str
    summary: str
    price: str
    seconds: float
    findings: tuple[Finding, ...]
    carried: tuple[Carried, ...]
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    not_reviewed: tuple[str, ...]
    excluded: tuple[str, ...]
    instruction_paths: tuple[str, ...]
    dropped: int
    usage: Mapping[str, int]
    patch: str
    files: Mapping[str, int]

    @property
    def run(self) -> str:
        """Its id."""
        return self.document.run.id

    @property
    def outcome(self) -> Outcome:
        """What it came to."""
        return Outcome.named(self.document.run.outcome)

    @property
    def examined(self) -> bool:
        """Whether it looked at all of its subject and nothing of its answer was lost: only then does silence count."""
        part = self.not_reviewed or self.instruction_paths or self.dropped
        return self.document.run.outcome in _EXAMINED and not part

    @property
    def statuses(self) -> Mapping[str, str]:
        """What became of each finding since the last run on the same branch, by fingerprint."""
        return {row.fingerprint: row.status for row in self.carried}

    @property
    def earlier(self) -> tuple[Carried, ...]:
        """Findings of earlier runs that this one did not report."""
        now = {carried.fingerprint(row) for row in self.findings}
        return tuple(row for row in self.carried if row.fingerprint not in now)


def load(store: Store, place: Path) -> Kept:
    """Read a record.

    Raises:
        RefusedError: it is missing, or has another shape than this library writes.
    """
    document = store.document(place)
    try:
        return _kept(place, document, document.result)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RefusedError(f"record.json of {place.name} cannot be read", "the record is damaged") from error


def _kept(place: Path, document: Document, result: Mapping[str, Any]) -> Kept:
    Outcome.named(document.run.outcome)
    return Kept(
        place=place,
        document=document,
        message=str(result.get("message", "")),
        summary=str(result.get("summary", "")),
        price=str(result.get("price") or "unknown"),
        seconds=float(result.get("seconds", 0)),
        findings=tuple(Finding.model_validate(row) for row in result.get("findings", [])),
        carried=tuple(carried.read(result.get("carried", []))),
        reasons=_texts(result, "reasons"),
        notes=_texts(result, "notes"),
        not_reviewed=_texts(result, "not_reviewed"),
        excluded=_texts(result, "excluded"),
        instruction_paths=_texts(result, "instruction_paths"),
        dropped=int(result.get("dropped", 0)),
        usage={str(name): int(value) for name, value in (result.get("usage") or {}).items()},
        patch=_patch(place / PATCH),
        files={path.name: path.lstat().st_size for path in sorted(place.iterdir())},
    )


def _texts(result: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(map(str, result.get(name, [])))


def _patch(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as stream:
        text = stream.read(_PATCH_BYTES).decode(errors="replace")
        return text + ("\n[cut: the patch is longer]" if stream.read(1) else "")

"""What a person or a job asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proposer.inputs import subject as subjects
from proposer.relay import provider as providers

__all__ = ["Replay", "Request"]


@dataclass(frozen=True, kw_only=True)
class Replay:
    """A run that is played again: its subject as the record names it, its exchanges as a provider.

    `texts` holds (label, text) as they stand in its prompt, `untrusted` what its record says of them; `facts` and
    `arguments` are those of its record, for what they were found out from may be gone.
    """

    subject: subjects.Recorded
    provider: providers.Provider
    texts: tuple[tuple[str, str], ...]
    untrusted: tuple[dict[str, str], ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    earlier: Sequence[dict[str, Any]] = ()
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a person or a job asks for; nothing in it chooses binary, model, sandbox, prompt or schema.

    `record` is a folder that keeps the run as a cassette; such a run is never one that was made before. `arguments` are
    what the workflow's own table asks the caller for, by name; `log` is what a failing check printed.
    """

    workflow: str
    base: str = ""
    head: str = ""
    staged: bool = False
    provider: str = ""
    texts: tuple[Path, ...] = ()
    arguments: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None
    fresh: bool = False
    unlocked: bool = False
    record: Path | None = None
    replay: Replay | None = None

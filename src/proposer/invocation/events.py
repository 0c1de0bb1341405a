"""The JSONL stream of `codex exec --json`, read a line at a time; somebody else's format, so nothing in it is fatal."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import from_json

from proposer.errors import ProposerError

__all__ = ["KNOWN", "Event", "EventsError", "Tally", "parse", "read"]

KNOWN = frozenset(
    {"thread.started", "turn.started", "turn.completed", "turn.failed", "item.started", "item.updated",
     "item.completed", "error"}
)  # fmt: skip
MALFORMED = "malformed"
_TRUNCATED = ("Loaded only", "Skipped project instructions")


class EventsError(ProposerError):
    """The stream holds no event that this library knows: another program, or another version of Codex."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line. `kind` is its `type`, or `malformed`; `raw` is the whole object with all unknown fields."""

    kind: str
    raw: dict[str, Any]

    @property
    def known(self) -> bool:
        """Whether this library knows the kind."""
        return self.kind in KNOWN

    @property
    def item(self) -> dict[str, Any]:
        """The item of an `item.*` event, else an empty object."""
        item = self.raw.get("item")
        return item if isinstance(item, dict) else {}


def parse(line: bytes | str) -> Event | None:
    """Read one line; None for an empty one. Never fails: a line that is not an object becomes `malformed`."""
    if not line or line.isspace():
        return None
    try:
        raw = from_json(line)
    except ValueError:
        raw = None
    if not isinstance(raw, dict):
        text = line.decode(errors="replace") if isinstance(line, bytes) else line
        return Event(MALFORMED, {"line": text[:2000]})
    kind = raw.get("type")
    return Event(kind if isinstance(kind, str) else MALFORMED, raw)


def read(lines: Iterable[bytes | str]) -> Iterator[Event]:
    """Yield the events of a stream, in constant memory.

    Raises:
        EventsError: at the end, when no line was a known event.
    """
    seen = False
    for line in lines:
        event = parse(line)
        if event is not None:
            seen = seen or event.kind in KNOWN
            yield event
    if not seen:
        raise EventsError("the stream holds no known event", "is this the pinned codex? run: inv codex.doctor")


@dataclass
class Tally:
    """What a run's events come to; it keeps the last message and counts the rest."""

    kinds: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    last_message: str | None = None
    completed: bool = False
    failure: str = ""
    truncated: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Count an event in.

        An `item` of type `error` is a warning of Codex (a bad model slug, a config key); only `turn.failed` and a
        top-level `error` are failures. That instructions were cut is more than a warning: part was not examined.
        """
        self.kinds[event.kind] += 1
        if not event.known:
            self.unknown[event.kind] += 1
        elif event.kind == "turn.started":
            self.last_message, self.completed = None, False
        elif event.kind == "turn.completed":
            self.completed = True
        elif event.kind in ("turn.failed", "error"):
            detail = event.raw.get("error") or event.raw
            self.failure = str(detail.get("message", detail) if isinstance(detail, dict) else detail)
        elif event.kind == "item.completed":
            self._item(event.item)

    def _item(self, item: dict[str, Any]) -> None:
        kind = item.get("type")
        if kind == "agent_message" and not self.completed:
            self.last_message = str(item.get("text", ""))
        elif kind == "error":
            message = str(item.get("message", ""))
            (self.truncated if message.startswith(_TRUNCATED) else self.warnings).append(message)

    @property
    def any_known(self) -> bool:
        """Whether one line at least was a known event."""
        return any(kind in KNOWN for kind in self.kinds)

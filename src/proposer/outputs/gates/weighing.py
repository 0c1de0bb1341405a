"""What a gate is given, and what it gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from proposer.config.settings import Workflow
from proposer.errors import Outcome
from proposer.outputs.answer import Lookup

__all__ = ["Gate", "Ruling", "Weighing"]


@dataclass(frozen=True, kw_only=True)
class Weighing:
    """An answer on the scales.

    Attributes:
        answer: the validated answer, as the gates before left it; None where no model was asked.
        workflow: its table; `thresholds` has the numbers.
        facts: what the host found out, by kind.
        lookup: text of a file on a side.
        mask: the redactor.
        rehearsed: whether a script or a recording answers in this run.
    """

    answer: dict[str, Any]
    workflow: Workflow
    facts: Mapping[str, Any]
    lookup: Lookup
    mask: Callable[[str], str]
    rehearsed: bool = False


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """What a gate says: reasons that can only make the outcome worse, and the answer without what was dropped."""

    answer: dict[str, Any]
    reasons: tuple[tuple[Outcome, str], ...] = ()
    dropped: int = 0
    notes: tuple[str, ...] = field(default=())


Gate = Callable[[Weighing], Ruling]

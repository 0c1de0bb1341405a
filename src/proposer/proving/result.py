"""What a drill came to: contained, escaped or unavailable, and what was seen of it."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["EXITS", "Ending", "Result"]

Ending = Literal["contained", "unavailable", "escaped"]
EXITS: dict[Ending, int] = {"contained": 0, "unavailable": 4, "escaped": 8}
"""Exit codes; that of a suite is the highest one."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """The end of one drill.

    `reached` and `stopped_by` are what was seen, never what the drill declares. `detail` says why it is not contained
    and `remedy` what to do about it. `evidence` is the folder with the record of the run, where it was kept.
    """

    name: str
    tried: str
    reached: bool
    stopped_by: str | None
    outcome: Ending
    detail: str = ""
    remedy: str = ""
    seconds: float = 0.0
    evidence: str = ""

    def document(self) -> dict[str, str | bool | None]:
        """Return the drill's object in `proposer/drills/v1`."""
        return {"name": self.name, "tried": self.tried, "reached": self.reached, "stopped_by": self.stopped_by,
                "outcome": self.outcome}  # fmt: skip

    def told(self) -> str:
        """Return one line for people: what it came to and, where it was not contained, why and what helps."""
        why = "; ".join(part for part in (self.detail, self.remedy) if part)
        return f"{self.name}: {self.outcome}" + (f" ({why})" if why and self.outcome != "contained" else "")

"""What was measured, as plain values: nothing here measures, and nothing here says how it is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["Curve", "Figures", "Pair", "Share", "Taken"]


class Pair(NamedTuple):
    """Seconds of ours and of the peer, medians of the same rounds."""

    ours: float
    peer: float


class Share(NamedTuple):
    """How many are wrong, and of how many."""

    wrong: int
    of: int


class Taken(NamedTuple):
    """What one process took: seconds by the clock, seconds of processors, and MB of memory at most."""

    seconds: float
    processor: float
    memory: int


class Curve(NamedTuple):
    """Processor seconds of one kind of hostile text, by the sizes of its family."""

    name: str
    seconds: Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Everything that the page shows.

    Attributes:
        machine: facts about the machine and the versions, by their name on the page.
        pairs: ours and the peer, by key of `document.BUDGETS`.
        masked: bytes that the redactor masked in the seconds of its pair.
        events: MB that reading events needs, for little and for ten times as much.
        records: numbers of records, ascending; the last is twice the one before it.
        archive: what metrics, audit and report take, `first` and `again`, by (name, when), one for each number.
        shares: rates of error, by key of `document.SHARES`.
        sizes: characters, by family of hostile texts.
        curves: the texts of each family.
    """

    machine: Mapping[str, str]
    pairs: Mapping[str, Pair]
    masked: int
    events: tuple[int, int]
    records: Sequence[int]
    archive: Mapping[tuple[str, str], Sequence[Taken]]
    shares: Mapping[str, Share]
    sizes: Mapping[str, Sequence[int]]
    curves: Mapping[str, Sequence[Curve]]

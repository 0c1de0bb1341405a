"""Seeded-defect cases and their score: what a case expects, which findings meet it, precision, recall and noise."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from proposer.errors import UsageError

__all__ = ["Case", "Expectation", "Finding", "Score", "Thresholds", "pairs", "parse", "score", "total"]

Severity = Literal["P0", "P1", "P2", "P3"]
Side = Literal["new", "old"]
Category = Literal["correctness", "security", "money", "data", "migration", "privacy", "performance", "tests", "api"]
Line = Annotated[int, Field(ge=1, strict=True)]
Text = Annotated[str, Field(min_length=1)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Finding(BaseModel):
    """What is compared of a finding of the review answer; its other fields play no part."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: str
    body: str
    severity: Severity
    category: str
    side: Side
    path: str
    start_line: int
    end_line: int


class Expectation(_Model):
    """One defect that a review must find; every field that is given must hold.

    `categories` are all that a reviewer may rightly file it under; `severity` is the mildest that counts. `words` must
    all occur in title or body, whatever their case. `quote` stands in the file on its side, once; where the lines are
    is looked up before a score is taken (`placed`), and a finding must touch one of them.
    """

    path: Text
    categories: Annotated[tuple[Category, ...], Field(min_length=1)]
    severity: Severity
    side: Side = "new"
    words: tuple[Text, ...] = ()
    quote: Text | None = None
    lines: tuple[Line, Line] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.lines is not None and self.lines[0] > self.lines[1]:
            raise ValueError("lines are the first and the last one, in that order")
        if self.lines is not None and self.quote is not None:
            raise ValueError("give lines or a quote, not both")
        return self

    def placed(self, text: str) -> Self:
        """Return the same with the lines of its quote in a file.

        Args:
            text: the file on this expectation's side.

        Raises:
            ValueError: no finding could meet it: the quote stands nowhere or more than once, or the file is shorter.
        """
        rows = [row.strip() for row in text.splitlines()]
        if self.lines is not None and self.lines[1] > len(rows):
            raise ValueError(f"{self.path} has {len(rows)} lines on the {self.side} side, not {self.lines[1]}")
        if self.quote is None:
            return self
        wanted = [row.strip() for row in self.quote.strip().splitlines()]
        size = len(wanted)
        found = [at for at in range(len(rows) - size + 1) if rows[at : at + size] == wanted]
        if not wanted or len(found) != 1:
            raise ValueError(f"the quote stands {len(found)} times in {self.path} on the {self.side} side, not once")
        return self.model_copy(update={"quote": None, "lines": (found[0] + 1, found[0] + size)})

    def met_by(self, finding: Finding) -> bool:
        """Tell whether a finding reports this defect."""
        said = f"{finding.title}\n{finding.body}".casefold()
        return (
            (finding.path, finding.side) == (self.path, self.side)
            and finding.category in self.categories
            and finding.severity <= self.severity  # P0 is the worst
            and all(word.casefold() in said for word in self.words)
            and (self.lines is None or (finding.start_line <= self.lines[1] and finding.end_line >= self.lines[0]))
        )


class Case(_Model):
    """A case.toml: a change with known defects, or a clean one where silence is right."""

    title: Text
    shows: Text
    clean: bool = False
    expect: tuple[Expectation, ...] = ()

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if self.clean == bool(self.expect):
            raise ValueError("give either clean = true or at least one [[expect]]")
        return self


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """What a total must reach: recall and precision at least, noise (false findings per clean change) at most."""

    recall: float
    precision: float
    noise: float


@dataclass(frozen=True, kw_only=True)
class Score:
    """Counts of one case, or of several together."""

    expected: int
    reported: int
    matched: int
    clean: int
    false_on_clean: int

    @property
    def recall(self) -> float:
        """Expected defects that were found; 1 where none is expected."""
        return self.matched / self.expected if self.expected else 1.0

    @property
    def precision(self) -> float:
        """Findings that report an expected defect; 1 where nothing was reported."""
        return self.matched / self.reported if self.reported else 1.0

    @property
    def noise(self) -> float:
        """False findings per clean change; 0 where there is no clean change."""
        return self.false_on_clean / self.clean if self.clean else 0.0

    def reaches(self, limits: Thresholds) -> bool:
        """Tell whether all three numbers are good enough."""
        return self.recall >= limits.recall and self.precision >= limits.precision and self.noise <= limits.noise


def parse(data: bytes, where: str) -> Case:
    """Read a case.toml.

    Raises:
        UsageError: not TOML, an unknown key, or a value that is not allowed; the message names `where`.
    """
    try:
        return Case.model_validate(tomllib.loads(data.decode("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "case"
        raise UsageError(f"{where}: {place}: {first['msg'].lower()}", f"mend {where}") from error
    except ValueError as error:
        raise UsageError(f"{where} cannot be read: {error}", f"mend {where}") from error


def pairs(case: Case, findings: Sequence[Finding]) -> dict[int, int]:
    """Return which finding reports which expected defect, both by number.

    As many pairs as possible are made; a finding meets at most one expectation and an expectation takes at most one
    finding, so the order of neither matters, and a defect that is reported twice costs precision.
    """
    holder: dict[int, int] = {}

    def place(expected: int, tried: set[int]) -> bool:
        for number, finding in enumerate(findings):
            if number in tried or not case.expect[expected].met_by(finding):
                continue
            tried.add(number)
            if number not in holder or place(holder[number], tried):
                holder[number] = expected
                return True
        return False

    for number in range(len(case.expect)):
        place(number, set())
    return holder


def score(case: Case, findings: Sequence[Finding]) -> Score:
    """Count what a review of one case found."""
    return Score(
        expected=len(case.expect),
        reported=len(findings),
        matched=len(pairs(case, findings)),
        clean=int(case.clean),
        false_on_clean=len(findings) if case.clean else 0,
    )


def total(scores: Sequence[Score]) -> Score:
    """Add the counts of several cases."""
    return Score(
        expected=sum(one.expected for one in scores),
        reported=sum(one.reported for one in scores),
        matched=sum(one.matched for one in scores),
        clean=sum(one.clean for one in scores),
        false_on_clean=sum(one.false_on_clean for one in scores),
    )

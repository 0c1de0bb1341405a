"""What each shipped workflow answers, as models; `schemas/` holds their JSON Schemas, generated from here."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from proposer.outputs.answer import ReviewAnswer
from proposer.outputs.drafts import DRAFTS

__all__ = [
    "FORMS",
    "MigrationsAnswer",
    "PredeployAnswer",
    "ReleaseNotesAnswer",
    "RiskAnswer",
    "TriageAnswer",
]

_SUMMARY = "Two or three sentences for the person who decides."


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Quoted(_Closed):
    """A claim about lines that exist; a program looks for the quote and drops what it does not find."""

    side: Literal["new", "old"] = Field(description="`old` for lines that the change removes.")
    path: str = Field(description="Path of the file, relative to the repository.")
    start_line: int = Field(description="First line, counted from 1.")
    end_line: int = Field(description="Last line.")
    quote: str = Field(description="Verbatim text of those lines on that side.")


class Risk(_Quoted):
    """One way in which the change can hurt."""

    area: Literal["security", "migrations", "money", "privacy", "operations"]
    level: int = Field(description="1 to 10; 10: must not be shipped.", ge=1, le=10)
    title: str = Field(description="What can go wrong, in one line.")
    why: str = Field(description="How it comes about, and what it costs.")
    mitigation: str = Field(description="What would lower it.")


class RiskAnswer(_Closed):
    """How much a change puts at risk."""

    summary: str = Field(description=_SUMMARY)
    score: int = Field(description="1 (harmless) to 10 (must not be shipped) for the change as a whole.", ge=1, le=10)
    risks: list[Risk] = Field(description="At most five, highest level first; an empty list is a good answer.")


class Verdict(_Quoted):
    """What became of one alert."""

    id: str = Field(description="Id of the alert as it was given, or a short name where it has none.")
    verdict: Literal["real", "false", "needs_human"]
    severity: Literal["P0", "P1", "P2", "P3"] = Field(description="What it would cost if it is real.")
    reason: str = Field(description="Why, from what the quoted lines say.")


class TriageAnswer(_Closed):
    """Alerts of scanners or people, sorted."""

    summary: str = Field(description=_SUMMARY)
    alerts: list[Verdict] = Field(description="One for each alert that was given.")


class Note(_Closed):
    """One line of the notes."""

    kind: Literal["feature", "fix", "security", "performance", "breaking", "internal"]
    text: str = Field(description="What changes for a user, in one sentence.")
    commits: list[str] = Field(description="Ids of the commits that did it, as they were given.")


class Check(_Closed):
    """One thing to try by hand before the release goes out."""

    text: str = Field(description="What to do, and what must be seen.")
    commits: list[str] = Field(description="Ids of the commits that make it necessary.")
    files: list[str] = Field(description="Paths that it is about.")


class MigrationLine(_Closed):
    """What one migration of the release does."""

    text: str = Field(description="What it does to the database, and what an operator must know.")
    files: list[str] = Field(description="Paths of the migration files.")


class ReleaseNotesAnswer(_Closed):
    """Notes for users, a checklist for the team, a summary for the operator."""

    summary: str = Field(description="What this release is about, in two or three sentences.")
    notes: list[Note]
    regressions: list[Check] = Field(description="What may have broken.")
    migrations: list[MigrationLine] = Field(description="Empty where the range has no migration.")


class MigrationItem(_Closed):
    """One entry of the checklist of one migration."""

    file: str = Field(description="Path of the migration file, as it was given.")
    topic: Literal["locks", "backfill", "reversibility", "order", "data_loss"]
    verdict: Literal["safe", "attention", "unsafe"]
    note: str = Field(description="What was seen, and what to do.")


class MigrationsAnswer(_Closed):
    """The checklist of a change's migrations."""

    summary: str = Field(description=_SUMMARY)
    checklist: list[MigrationItem] = Field(description="Each file with each topic.")


class Concern(_Closed):
    """A reason against the deployment."""

    evidence: str = Field(description="Name of the piece of evidence that shows it, as given; empty: the change.")
    text: str = Field(description="What it shows, and why that speaks against it.")


class PredeployAnswer(_Closed):
    """Go or no-go for one commit; code decides first, this can only lower it."""

    summary: str = Field(description=_SUMMARY)
    decision: Literal["go", "no_go"]
    concerns: list[Concern] = Field(description="Empty where nothing speaks against it.")


FORMS: dict[str, type[BaseModel]] = {
    "review": ReviewAnswer,
    "risk": RiskAnswer,
    "triage": TriageAnswer,
    "release-notes": ReleaseNotesAnswer,
    "migrations": MigrationsAnswer,
    "predeploy": PredeployAnswer,
    **DRAFTS,
}
"""The answer of each shipped workflow by its name."""

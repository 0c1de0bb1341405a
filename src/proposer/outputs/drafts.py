"""What the shipped workflows that propose something answer, as models; `schemas/` holds their JSON Schemas."""

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["DRAFTS", "AdrAnswer", "AutofixAnswer", "DtoAnswer", "ScaffoldAnswer"]


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AutofixAnswer(_Closed):
    """What was wrong, and what was done about it; the proposal itself is what stands in the stage."""

    summary: str = Field(description="Two or three sentences for the person who decides about the proposal.")
    cause: str = Field(description="Why the check fails: the defect, not its symptom.")
    fixed: bool = Field(description="Whether the files of the working copy hold a fix.")
    remaining: list[str] = Field(description="What a person must still look at; an empty list is a good answer.")


class Alternative(_Closed):
    """A way that was not taken."""

    name: str = Field(description="What it is, in a few words.")
    why_not: str = Field(description="Why somebody could prefer it, and why it was not chosen.")


class AdrAnswer(_Closed):
    """The parts of a decision record; the host writes the file."""

    summary: str = Field(description="Two or three sentences for the person who decides.")
    context: str = Field(description="What is the case and forces a decision, with paths and numbers. Markdown.")
    decision: str = Field(description="What will be done, so that a test or a reviewer could hold somebody to it.")
    alternatives: list[Alternative] = Field(description="At least two, and doing nothing where that is possible.")
    consequences: str = Field(description="What becomes easier, what harder, what must be watched.")
    migration_plan: str = Field(description="Steps that can each be undone, or that nothing has to move.")


class ScaffoldAnswer(_Closed):
    """What was scaffolded; the module is what stands in the stage, its wiring is the host's."""

    summary: str = Field(description="Two or three sentences for the person who decides about the proposal.")
    entity: str = Field(description="One of what the module keeps, one lower-case word, such as letter.")
    plural: str = Field(description="Many of them, such as letters.")
    remaining: list[str] = Field(description="What a person must still decide; an empty list is a good answer.")


class Break(_Closed):
    """One change of the API that an existing client could trip over."""

    operation: str = Field(description="Method and path, such as POST /example/items.")
    change: str = Field(
        description="What the comparison says of it, word for word, behind the operation and its colon."
    )


class DtoAnswer(_Closed):
    """What was added to the API; models, route and tests are what stands in the stage."""

    summary: str = Field(description="Two or three sentences for the person who decides about the proposal.")
    operations: list[str] = Field(description="Method and path of each operation that is new or changed.")
    breaking: list[Break] = Field(description="Each change that breaks a client; an empty list is a good answer.")
    remaining: list[str] = Field(description="What a person must still decide; an empty list is a good answer.")


DRAFTS: dict[str, type[BaseModel]] = {
    "adr": AdrAnswer,
    "autofix": AutofixAnswer,
    "scaffold": ScaffoldAnswer,
    "dto": DtoAnswer,
}
"""The answer of each of these workflows by its name."""

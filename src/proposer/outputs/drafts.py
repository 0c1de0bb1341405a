"""What the shipped workflows that propose something answer, as models; `schemas/` holds their JSON Schemas."""

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["DRAFTS", "AutofixAnswer"]


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AutofixAnswer(_Closed):
    """What was wrong, and what was done about it; the proposal itself is what stands in the stage."""

    summary: str = Field(description="Two or three sentences for the person who decides about the proposal.")
    cause: str = Field(description="Why the check fails: the defect, not its symptom.")
    fixed: bool = Field(description="Whether the files of the working copy hold a fix.")
    remaining: list[str] = Field(description="What a person must still look at; an empty list is a good answer.")


DRAFTS: dict[str, type[BaseModel]] = {"autofix": AutofixAnswer}
"""The answer of each of these workflows by its name."""

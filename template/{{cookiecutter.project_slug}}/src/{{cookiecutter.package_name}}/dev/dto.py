"""What leaves this module."""

from dataclasses import asdict

from pydantic import BaseModel, ConfigDict, Field

from {{ cookiecutter.package_name }}.dev.domain import Run

__all__ = ["RunDTO", "run_dto"]


class RunDTO(BaseModel):
    """One run of Codex whose statement is committed; a text is empty where the statement says nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str = Field(description="File below `provenance/`.")
    sha256: str = Field(description="SHA-256 of the statement's bytes.")
    run: str
    workflow: str
    model: str
    provider: str
    base: str = Field(description="Commit whose lock and instructions were used.")
    codex: str = Field(description="Version of the Codex CLI.")
    started_at: str
    finished_at: str
    fault: str = Field(description="Why the file could not be read; empty where it could.")


def run_dto(run: Run) -> RunDTO:
    """Translate a run."""
    return RunDTO(**asdict(run))

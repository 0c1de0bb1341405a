"""The table of commands and what becomes of them: `.codex/rules/cases.toml`."""

import shlex
import tomllib
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from proposer.errors import UsageError

__all__ = ["CASES", "MINIMUM", "Case", "parse"]

CASES = ".codex/rules/cases.toml"

Decision = Literal["forbidden", "prompt", "none"]
Fate = Literal["rules", "codex", "runs"]


class Case(BaseModel):
    """One command.

    `execpolicy` is what `codex execpolicy check` says of the words of the command. `run` is what becomes of it in a
    run: rejected by the `rules`, rejected by a check of `codex` itself, or it `runs` in the sandbox; then
    `contained_by` says what keeps it from doing harm.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: Annotated[str, Field(min_length=1, max_length=1000)]
    execpolicy: Decision
    run: Fate
    contained_by: str = ""

    @property
    def words(self) -> list[str]:
        """The command as `execpolicy check` takes it."""
        return shlex.split(self.command)

    @field_validator("command")
    @classmethod
    def _splits(cls, value: str) -> str:
        shlex.split(value)
        return value

    @model_validator(mode="after")
    def _contained(self) -> "Case":
        if self.run == "runs" and not self.contained_by.strip():
            raise ValueError(f"{self.command!r} runs: contained_by must say what keeps it from doing harm")
        return self


class _Table(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1]
    case: Annotated[tuple[Case, ...], Field(min_length=1)]


MINIMUM = {
    "recursive deletion": ("rm -rf build",),
    "git push": ("git push", "git push --force origin main"),
    "git commit": ("git commit -m x",),
    "history rewriting": ("git rebase main", "git filter-branch --all", "git reset --hard"),
    "credential readers": ("gh auth token", "printenv"),
}
"""What the rules of every repository must refuse, by what it is about."""


def parse(data: bytes) -> tuple[Case, ...]:
    """Read the table.

    Raises:
        UsageError: not TOML, an unknown key, or a case that is not complete.
    """
    try:
        return _Table.model_validate(tomllib.loads(data.decode("utf-8"))).case
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"{CASES}: {where}: {first['msg'].lower()}", "mend the table, then run: inv codex.lock"
        ) from error
    except ValueError as error:
        raise UsageError(f"{CASES} cannot be read: {error}", "mend the table, then run: inv codex.lock") from error

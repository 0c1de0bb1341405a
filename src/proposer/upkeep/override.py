"""The record of weakenings that a person wanted: `provenance/ratchet.toml`, each with its reason."""

import tomllib
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from proposer.errors import UsageError

__all__ = ["OVERRIDES", "Override", "read"]

OVERRIDES = "provenance/ratchet.toml"


class Override(BaseModel):
    """One weakening that a person wanted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$", description="What `inv codex.ratchet` prints.")]
    reason: Annotated[str, Field(min_length=10, max_length=1000, description="Why the weakening is wanted.")]


class _Book(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    override: tuple[Override, ...] = ()


def read(data: bytes | None) -> dict[str, Override]:
    """Return the overrides of a file by id; none where there is no file.

    Raises:
        UsageError: it is not TOML, or an entry is not complete.
    """
    hint = f"write [[override]] with id and reason; docs of proposer show it ({OVERRIDES})"
    try:
        book = _Book.model_validate(tomllib.loads((data or b"").decode("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{OVERRIDES}: {where}: {first['msg'].lower()}", hint) from error
    except ValueError as error:
        raise UsageError(f"{OVERRIDES} cannot be read: {error}", hint) from error
    return {one.id: one for one in book.override}

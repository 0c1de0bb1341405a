"""What made a repository: `.proposer-template.json`, with the digest of every file that generation wrote."""

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from proposer import digests
from proposer.config.answers import TEMPLATE_FILE
from proposer.errors import UsageError

__all__ = ["Generated", "Manifest", "read", "tree_of"]


class Generated(BaseModel):
    """What generation, or the last update, wrote: files by digest, and the edition and answers that made them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    edition: str
    answers: dict[str, str]
    files: dict[str, str]


class Manifest(BaseModel):
    """The file. What `generated` names came from the template; all else is the user's own, and no update touches it.

    `answers` are the user's to edit: the next update brings what they change.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: Literal["proposer/template/v1"] = Field(alias="schema")
    template_version: str
    answers: dict[str, str]
    generated: Generated


def read(folder: Path) -> Manifest:
    """Read the file of a repository.

    Raises:
        UsageError: there is none, or it cannot be read.
    """
    try:
        return Manifest.model_validate(json.loads((folder / TEMPLATE_FILE).read_bytes()))
    except FileNotFoundError as error:
        hint = "name the top folder of one: proposer update DEST"
        raise UsageError(f"{folder} holds no {TEMPLATE_FILE}: it is no generated repository", hint) from error
    except (OSError, ValueError, RecursionError) as error:
        told = f"{error.errors()[0]['msg'].lower()}" if isinstance(error, ValidationError) else str(error)
        raise UsageError(
            f"{TEMPLATE_FILE} cannot be read: {told}", f"restore it: git checkout {TEMPLATE_FILE}"
        ) from error


def tree_of(folder: Path) -> dict[str, str]:
    """Return the digest of every file below a generated folder but of the manifest itself, as the manifest has them."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: digests.of_file(path) for name, path in sorted(files.items()) if name != TEMPLATE_FILE}

"""Proofs as files (`proposer/proof/v1`): that a statement stands in a ledger, for whoever has not got the ledger.

A proof shows something only against a head from elsewhere; its own root is what whoever made it chose.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from proposer import digests
from proposer.errors import RefusedError
from proposer.provenance.heads import Anchor
from proposer.provenance.ledger import Ledger
from proposer.provenance.merkle import Proof

__all__ = ["FILE", "anchored", "made", "read"]

FILE = "proof.json"
_LARGEST = 64 * 1024
_HINT = "do not rely on it; ask for the record and its proof again: inv codex.incident RUN"
_Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    schema_: Literal["proposer/proof/v1"] = Field(alias="schema")
    statement: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    index: int = Field(ge=0)
    size: int = Field(ge=1)
    leaf: _Hash
    path: list[_Hash] = Field(max_length=64)
    root: _Hash


def made(ledger: Ledger, statement: bytes) -> bytes | None:
    """Return the proof that a statement stands in a ledger; None where it does not.

    Raises:
        RefusedError: the ledger cannot be read.
    """
    leaf = digests.of_bytes(statement)
    index = next((line.index for line in ledger.lines() if line.leaf == leaf), None)
    if index is None:
        return None
    proof = ledger.prove(index)
    told = {"schema": "proposer/proof/v1", "statement": digests.prefixed(leaf), "index": proof.index,
            "size": proof.size, "leaf": proof.leaf.hex(), "path": [step.hex() for step in proof.path],
            "root": proof.root.hex()}  # fmt: skip
    return (json.dumps(told, indent=2, sort_keys=True) + "\n").encode()


def read(path: Path, statement: bytes) -> Proof:
    """Read a proof that anybody may have made, and check it down to its root.

    Raises:
        RefusedError: it cannot be read, is of another statement, or does not lead to its root.
    """
    try:
        with path.open("rb") as stream:
            file = _File.model_validate_json(stream.read(_LARGEST))
    except (OSError, ValidationError) as error:
        raise RefusedError(f"{path.name} cannot be read", _HINT) from error
    leaf = digests.of_bytes(statement)
    if file.statement != digests.prefixed(leaf):
        raise RefusedError(f"{path.name} is the proof of another statement", _HINT)
    steps = tuple(bytes.fromhex(step) for step in file.path)
    proof = Proof(index=file.index, size=file.size, leaf=bytes.fromhex(file.leaf), path=steps,
                  root=bytes.fromhex(file.root))  # fmt: skip
    if not proof.verify(bytes.fromhex(leaf)):
        raise RefusedError(f"{path.name} does not lead to its root", _HINT)
    return proof


def anchored(proof: Proof, anchors: Iterable[Anchor]) -> bool:
    """Tell whether a head that was committed is the one that a proof, which was read, leads to."""
    return any(anchor.head.size == proof.size and anchor.head.root == proof.root.hex() for anchor in anchors)

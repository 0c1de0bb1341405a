"""A signed head: that a ledger had a size and a root at a time, in an envelope (DSSE)."""

import json
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from securesystemslib.signer import Signer

from proposer import digests
from proposer.errors import RefusedError
from proposer.provenance import envelope
from proposer.provenance.heads import Anchor
from proposer.provenance.ledger import Head

__all__ = ["SignedHead", "read", "sign"]

_HEX = r"^[0-9a-f]{64}$"
_HINT = "do not rely on it; sign the head anew: inv codex.audit --sign-head"


class SignedHead(BaseModel):
    """What is signed, as canonical JSON (RFC 8785)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    origin: str = Field(pattern=_HEX, description="Which ledger: the chain of its first line.")
    size: int = Field(ge=1, lt=10**15, description="How many statements it had.")
    root: str = Field(pattern=_HEX, description="The root over them (RFC 6962).")
    time: str = Field(description="When (RFC 3339, UTC).")

    @property
    def head(self) -> Head:
        """Size and root."""
        return Head(size=self.size, root=self.root)


def sign(anchor: Anchor, now: datetime, signer: Signer) -> bytes:
    """Return the envelope about a ledger as it is now.

    Args:
        anchor: of the ledger.
        now: with a time zone (UTC).
        signer: see `signing.signer`.
    """
    time = now.isoformat(timespec="seconds").replace("+00:00", "Z")
    said = SignedHead(origin=anchor.origin, size=anchor.head.size, root=anchor.head.root, time=time)
    return envelope.seal(digests.canonical(said.model_dump(mode="json")), envelope.HEAD, signer)


def read(data: bytes) -> tuple[SignedHead, tuple[str, ...]]:
    """Return a signed head that anybody may have made, and the public keys (`ed25519:<hex>`) that signed it.

    Raises:
        RefusedError: a signature does not fit, or what is signed is no head.
    """
    sealed = envelope.opened(data, envelope.HEAD)
    try:
        said = SignedHead.model_validate_json(sealed.payload)
        if digests.canonical(json.loads(sealed.payload)) != sealed.payload:
            raise ValueError("not canonical")  # noqa: TRY301 - one way out for all that cannot be read
    except (ValidationError, ValueError, RecursionError) as error:
        raise RefusedError("what is signed is no head of a ledger", _HINT) from error
    return said, sealed.keys

"""Signed heads: what was signed comes back, and anything else in such an envelope is refused."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from securesystemslib.signer import Signer

from proposer.errors import RefusedError
from proposer.provenance import envelope, signed_head, signing
from proposer.provenance.heads import Anchor
from proposer.provenance.ledger import Head

WHOLE = {"origin": "0" * 64, "root": "a" * 64, "size": 3, "time": "2026-01-02T00:00:00Z"}
CANONICAL = json.dumps(WHOLE, sort_keys=True, separators=(",", ":")).encode()


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return signing.signer({"HOME": str(tmp_path)})


def test_what_was_signed_comes_back_with_its_key(signer: Signer) -> None:
    anchor = Anchor(origin="0" * 64, head=Head(size=3, root="a" * 64))
    data = signed_head.sign(anchor, datetime(2026, 1, 2, tzinfo=UTC), signer)
    said, keys = signed_head.read(data)
    assert (said.origin, said.head, said.time) == (anchor.origin, anchor.head, WHOLE["time"])
    assert len(keys) == 1
    assert envelope.opened(data, envelope.HEAD).payload == CANONICAL


PAYLOADS = {
    "nothing": b"{}",
    "a list": b"[]",
    "no text": b"\xff",
    "other spaces": json.dumps(WHOLE, sort_keys=True).encode(),
    "another order": json.dumps(dict(reversed(WHOLE.items())), separators=(",", ":")).encode(),
    "a field more": json.dumps({**WHOLE, "x": 1}, sort_keys=True, separators=(",", ":")).encode(),
    "no statements": CANONICAL.replace(b":3,", b":0,"),
    "a size in words": CANONICAL.replace(b":3,", b':"3",'),
    "a short root": CANONICAL.replace(b"a" * 64, b"a" * 63),
    "a root with an end of line": CANONICAL.replace(b"a" * 64, b"a" * 64 + b"\\n"),
}


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_what_is_signed_but_no_head_is_refused(signer: Signer, payload: bytes) -> None:
    with pytest.raises(RefusedError, match="no head of a ledger"):
        signed_head.read(envelope.seal(payload, envelope.HEAD, signer))


def test_a_statement_that_was_signed_is_no_head(signer: Signer) -> None:
    """The media type is signed too: an envelope of one kind cannot stand in for the other."""
    sealed = envelope.seal(CANONICAL, envelope.STATEMENT, signer)
    with pytest.raises(RefusedError):
        signed_head.read(sealed)
    with pytest.raises(RefusedError, match="does not fit"):
        signed_head.read(sealed.replace(envelope.STATEMENT.encode(), envelope.HEAD.encode()))

"""Envelopes: what was signed is what is read, one way to write it, and nothing else is taken."""

import base64
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner, SSlibKey

from proposer import digests
from proposer.errors import RefusedError
from proposer.provenance.envelope import HEAD, STATEMENT, opened, seal, signer_of

ADA, BOB = (signer_of(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)) for number in (1, 2))
PAYLOAD = '{"subject":"π"}'.encode()


def sealed() -> bytes:
    return seal(PAYLOAD, STATEMENT, ADA)


def test_what_was_signed_is_read_with_its_key() -> None:
    found = opened(sealed(), STATEMENT)
    assert (found.payload, found.keys) == (PAYLOAD, (ADA.public_key.keyid,))
    assert ADA.public_key.keyid == "ed25519:" + ADA.public_key.keyval["public"]
    assert sealed() == sealed()  # ed25519 draws nothing


def test_a_second_signature_is_added_and_the_first_is_kept() -> None:
    both = seal(PAYLOAD, STATEMENT, BOB, sealed())
    assert opened(both, STATEMENT).keys == tuple(sorted((ADA.public_key.keyid, BOB.public_key.keyid)))
    assert seal(PAYLOAD, STATEMENT, BOB, both) == both
    with pytest.raises(RefusedError, match="something else"):
        seal(b"other", STATEMENT, BOB, sealed())


def test_the_envelope_is_read_by_the_library_of_its_format() -> None:
    envelope = Envelope.from_dict(json.loads(sealed()))
    key = SSlibKey("x", "ed25519", "ed25519", ADA.public_key.keyval)
    key.keyid = ADA.public_key.keyid
    assert envelope.verify([key], 1)


def test_no_byte_of_an_envelope_can_be_changed_added_or_left_out() -> None:
    data, draw = sealed(), random.Random(7)  # noqa: S311 - places to damage, no secret
    changed = [data[:at] + bytes([data[at] ^ (1 << draw.randrange(8))]) + data[at + 1 :] for at in range(len(data))]
    shorter = [data[:at] + data[at + 1 :] for at in range(len(data))]
    for one in (*changed, *shorter, data + b"\n", b" " + data, data + data, b"", b"{}", b"[]", b"null", b"1"):
        with pytest.raises(RefusedError):
            opened(one, STATEMENT)


def edited(change: Callable[[dict[str, Any]], object]) -> bytes:
    value = json.loads(sealed())
    change(value)
    return digests.canonical(value)


def signed_by(private: Any, keyid: str, scheme: str, kind: str) -> bytes:
    """Return an envelope whose signature fits, under another kind of key."""
    public = SSlibKey.from_crypto(private.public_key(), keyid)
    assert (public.keytype, public.scheme) == (kind, scheme)
    envelope = Envelope(PAYLOAD, STATEMENT, {})
    envelope.sign(CryptoSigner(private, public))
    return digests.canonical(envelope.to_dict())


CASES: dict[str, Callable[[], bytes]] = {
    "another payload": lambda: edited(lambda value: value.update(payload=base64.b64encode(b"{}").decode())),
    "another type": lambda: edited(lambda value: value.update(payloadType=HEAD)),
    "no signature": lambda: edited(lambda value: value.update(signatures=[])),
    "a second one that does not fit": lambda: edited(
        lambda value: value["signatures"].append(value["signatures"][0] | {"keyid": BOB.public_key.keyid})
    ),
    "the same one twice": lambda: edited(lambda value: value["signatures"].append(value["signatures"][0])),
    "somebody else's key": lambda: edited(lambda value: value["signatures"][0].update(keyid=BOB.public_key.keyid)),
    "a key that is a name": lambda: edited(lambda value: value["signatures"][0].update(keyid="ada")),
    "a member more": lambda: edited(lambda value: value.update(note="")),
    "a member more in a signature": lambda: edited(lambda value: value["signatures"][0].update(note="")),
    "many": lambda: edited(lambda value: value.update(signatures=value["signatures"] * 17)),
    "another kind of key": lambda: signed_by(
        generate_private_key(SECP256R1()), "ed25519:" + "0" * 64, "ecdsa-sha2-nistp256", "ecdsa"
    ),
    "not canonical": lambda: json.dumps(json.loads(sealed())).encode(),
}


@pytest.mark.parametrize("made", CASES.values(), ids=CASES)
def test_what_is_no_envelope_of_ours_is_refused(made: Callable[[], bytes]) -> None:
    with pytest.raises(RefusedError):
        opened(made(), STATEMENT)


def test_without_the_check_of_signatures_a_forged_one_would_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Envelope, "verify", lambda *_, **__: {})
    assert opened(CASES["another payload"](), STATEMENT).payload == b"{}"

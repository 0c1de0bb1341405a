"""Signed envelopes (DSSE v1) with ed25519 signatures, in one way of writing: canonical JSON.

Source: https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md. A key id is the public key itself, so every
signature can be checked against the key that it names; whose key that is, a policy says.
"""

import base64
import copy
import json
import re
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, Key, Signer, SSlibKey

from proposer import digests
from proposer.errors import RefusedError

__all__ = ["HEAD", "STATEMENT", "Sealed", "keyid_of", "opened", "pem_of", "seal", "signer_of"]

STATEMENT = "application/vnd.in-toto+json"
HEAD = "application/vnd.proposer.head+json"
_KEY = re.compile(r"ed25519:([0-9a-f]{64})")
_LARGEST = 8 * 1024 * 1024
_MOST = 16
_HINT = "do not rely on it; ask whoever signed it for the file again"


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """What an envelope holds, and the keys that signed it (`ed25519:<hex>`), each checked."""

    payload: bytes
    keys: tuple[str, ...]


def seal(payload: bytes, kind: str, signer: Signer, envelope: bytes | None = None) -> bytes:
    """Sign bytes; an envelope of the same bytes keeps the signatures that it has.

    Args:
        payload: what is signed.
        kind: its media type, which is signed too.
        signer: see `signer_of`.
        envelope: an envelope of the same payload, to which a signature is added.

    Raises:
        RefusedError: the envelope is damaged, or holds something else.
    """
    made = Envelope(payload, kind, {})
    if envelope is not None:
        if opened(envelope, kind).payload != payload:
            raise RefusedError("the envelope holds something else than what is to be signed", _HINT)
        made = Envelope.from_dict(json.loads(envelope))
    made.sign(signer)
    return digests.canonical(made.to_dict())


def opened(data: bytes, kind: str) -> Sealed:
    """Read an envelope that anybody may have made, and check every signature in it.

    Raises:
        RefusedError: it is no envelope of that kind, has no signature, or one that does not fit, or is written oddly.
    """
    try:
        value = json.loads(data) if len(data) <= _LARGEST else {}
        if _shape(value) != data or value["payloadType"] != kind or not 0 < len(value["signatures"]) <= _MOST:
            raise RefusedError("the envelope is not one that this library writes", _HINT)
        envelope = Envelope.from_dict(copy.deepcopy(value))  # it changes what it is given
        keys: list[Key] = [_public(keyid) for keyid in envelope.signatures]
        envelope.verify(keys, threshold=len(keys))
    except VerificationError as error:
        raise RefusedError("a signature does not fit what it signs", _HINT) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RefusedError("the envelope cannot be read", _HINT) from error
    return Sealed(payload=envelope.payload, keys=tuple(sorted(envelope.signatures)))


def signer_of(private: Any) -> Signer:
    """Return the signer of a private key (`cryptography`'s Ed25519PrivateKey); its key id is the public key."""
    public = private.public_key()
    return CryptoSigner(private, SSlibKey.from_crypto(public, f"ed25519:{public.public_bytes_raw().hex()}"))


def keyid_of(pem: str) -> str:
    """Return the key id of a public key in PEM (SubjectPublicKeyInfo).

    Raises:
        ValueError: it is none, or not ed25519.
    """
    try:
        public = load_pem_public_key(pem.strip().encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("it is no public key in PEM") from error
    if not isinstance(public, Ed25519PublicKey):
        raise ValueError("it is not an ed25519 key")  # noqa: TRY004 - what a validator raises
    return f"ed25519:{public.public_bytes_raw().hex()}"


def pem_of(keyid: str) -> str:
    """Return the public key that a key id is, in PEM (SubjectPublicKeyInfo), for other programs.

    Raises:
        ValueError: it is no key id.
    """
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(_public(keyid).keyval["public"]))
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _shape(value: Any) -> bytes:
    """Return the one way to write an envelope: known members alone, base64 without slack bits."""
    rows = [{"keyid": row["keyid"], "sig": _again(row["sig"])} for row in value["signatures"]]
    return digests.canonical(
        {"payload": _again(value["payload"]), "payloadType": value["payloadType"], "signatures": rows}
    )


def _again(text: str) -> str:
    return base64.b64encode(base64.b64decode(text, validate=True)).decode()


def _public(keyid: str) -> SSlibKey:
    """Return the public key that a key id is.

    Raises:
        ValueError: it is none.
    """
    if not (match := _KEY.fullmatch(keyid)):
        raise ValueError(f"{keyid[:100]!r} is not ed25519: and 64 digits")
    return SSlibKey(keyid, "ed25519", "ed25519", {"public": match[1]})

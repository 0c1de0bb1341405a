"""The key that signs at a desk: in the keyring of the operating system, or in a file that only its owner reads.

The file is `proposer/signing.pem` below `$XDG_CONFIG_HOME` (or `~/.config`): PKCS #8 in PEM, not encrypted. The profile
of a run names neither that folder nor the home, so no command of the model reads it; a drill tries.
"""

import contextlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from securesystemslib.signer import Signer

from proposer.errors import RefusedError, UsageError
from proposer.provenance.envelope import signer_of

__all__ = ["FILE", "Place", "signer"]

FILE = "proposer/signing.pem"
_SERVICE, _NAME = "proposer", "signing"
_LARGEST = 4096


class Place:
    """Where the key is kept."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        home = environment.get("HOME") or str(Path.home())
        self.path = Path(environment.get("XDG_CONFIG_HOME") or f"{home}/.config") / FILE

    def read(self) -> bytes | None:
        """Return the PEM text; None where there is no key yet.

        Raises:
            RefusedError: others may have read or written the file.
        """
        with contextlib.suppress(Exception):  # no keyring package, no secret service, a locked one: then the file
            import keyring  # noqa: PLC0415 - an optional dependency

            if text := keyring.get_password(_SERVICE, _NAME):
                return str(text).encode()
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RefusedError(
                f"{self.path} cannot be read: {error.strerror}", "put the key back, or remove it"
            ) from error
        try:
            self._private(os.fstat(descriptor))
            return os.read(descriptor, _LARGEST)
        finally:
            os.close(descriptor)

    def _private(self, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise RefusedError(f"{self.path} is not a regular file", "remove it: a new key is made")
        if found.st_uid != os.geteuid():
            raise RefusedError(f"{self.path} belongs to somebody else", "remove it: a new key is made")
        if found.st_mode & 0o077:
            raise RefusedError(f"{self.path} can be read or written by others",
                               f"if nobody did: chmod 600 {self.path}; else remove it: a new key is made")  # fmt: skip

    def write(self, text: bytes) -> None:
        """Keep a new key, unless there is one meanwhile; the file is whole or not there."""
        with contextlib.suppress(Exception):
            import keyring  # noqa: PLC0415 - an optional dependency

            keyring.set_password(_SERVICE, _NAME, text.decode())
            if keyring.get_password(_SERVICE, _NAME) == text.decode():
                return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self.path.with_name(f".{self.path.name}.{os.getpid()}")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(descriptor)
            try:
                with contextlib.suppress(FileExistsError):
                    os.link(draft, self.path)
            finally:
                draft.unlink()
        except OSError as error:
            raise UsageError(f"{self.path} cannot be written: {error.strerror}", "make its folder writable") from error


def signer(environment: Mapping[str, str], *, outside: Path | None = None) -> Signer:
    """Return whoever signs here; the first time makes the key.

    Args:
        environment: names the home.
        outside: a repository in which no key may lie: a run stages the files of a working tree, so its model read them.

    Raises:
        RefusedError: the key is not this user's alone, or is none.
        UsageError: it cannot be kept, or would be kept in the repository.
    """
    place = Place(environment)
    if outside is not None and place.path.parent.resolve().is_relative_to(outside.resolve()):
        raise UsageError(f"the signing key would lie in the repository, where runs read: {place.path}",
                         "set XDG_CONFIG_HOME to a folder outside of it")  # fmt: skip
    text = place.read()
    if text is None:
        made = Ed25519PrivateKey.generate()
        place.write(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        text = place.read() or b""  # another process may have been first
    try:
        private = load_pem_private_key(text, password=None)
    except (ValueError, TypeError) as error:
        raise RefusedError("the signing key cannot be read", f"remove it: a new one is made ({place.path})") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise RefusedError("the signing key is not ed25519", f"remove it: a new one is made ({place.path})")
    return signer_of(private)

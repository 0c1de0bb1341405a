"""The real provider: Codex's own key broker in front of the API, and the backend that forwards to it."""

import contextlib
import http.client
import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from proposer import process
from proposer.errors import Outcome, StopError, UsageError
from proposer.relay.exchange import Reply

__all__ = ["BROKER", "KEY_NAMES", "Key", "Upstream", "broker", "find_key", "running"]

KEY_NAMES = ("CODEX_API_KEY", "OPENAI_API_KEY")
"""Environment variables that may hold the API key, in this order."""

BROKER = "PROPOSER_BROKER"
"""Environment variable that names the start-up file of a broker which another step of the job started with the key."""

_PASSED = frozenset({"accept", "content-type", "user-agent", "originator", "session-id", "thread-id"})
_LOGIN = frozenset({"authorization", "chatgpt-account-id", "openai-beta"})
_START_SECONDS = 20.0


class Key:
    """An API key and where it was found; it never prints itself."""

    def __init__(self, value: str, source: str) -> None:
        self._value = value
        self.source = source

    def __repr__(self) -> str:
        return f"Key(from {self.source})"

    def reveal(self) -> str:
        """Return the key, for the broker's standard input and the redactor."""
        return self._value


def find_key(environment: Mapping[str, str]) -> Key:
    """Find the API key: `CODEX_API_KEY`, else `OPENAI_API_KEY`, else the operating system's keyring.

    Raises:
        UsageError: there is none.
    """
    for name in KEY_NAMES:
        if environment.get(name, "").strip():
            return Key(environment[name].strip(), name)
    with contextlib.suppress(Exception):  # no keyring package, no secret service, a locked one: all mean "no key"
        import keyring  # noqa: PLC0415 - an optional dependency

        if value := (keyring.get_password("proposer", "openai") or "").strip():
            return Key(value, "keyring")
    raise UsageError(
        "no credentials for the provider openai",
        "set CODEX_API_KEY, or rehearse without a key: --provider rehearsal:FILE",
    )


def running(environment: Mapping[str, str]) -> int | None:
    """Return the port of a broker that runs already; None where the environment names none.

    It can only be on this machine: the file holds a port, and the address is the loopback one.

    Raises:
        UsageError: the file cannot be read, or holds no port.
    """
    name = environment.get(BROKER, "")
    if not name:
        return None
    hint = "look at the step that starts it, or unset it: the key is looked for then"
    try:
        port = int(json.loads(Path(name).read_bytes())["port"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise UsageError(f"{BROKER} names no start-up file of a broker: {error}", hint) from error
    if not 0 < port < 1 << 16:
        raise UsageError(f"{BROKER} names a broker on port {port}", hint)
    return port


class Upstream:
    """Forwards each request to the broker and streams its answer."""

    def __init__(self, port: int) -> None:
        self._address = urlsplit(f"http://127.0.0.1:{port}/v1/responses")
        self._passed = _PASSED

    @classmethod
    def with_login(cls, address: str) -> "Upstream":
        """Return one that forwards to an API what Codex sends with a login, its authorization included."""
        made = cls(0)
        made._address, made._passed = urlsplit(address), _PASSED | _LOGIN
        return made

    def reply(self, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Forward one request."""
        secure = self._address.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(self._address.hostname or "", self._address.port)
        passed = {name: value for name, value in headers.items() if name in self._passed or name.startswith("x-codex-")}
        try:
            connection.request("POST", self._address.path, body=body, headers=passed)
            response = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            raise ConnectionError(f"the API did not answer: {str(error) or type(error).__name__}") from error
        content = response.getheader("Content-Type") or "text/event-stream"
        return Reply(status=response.status, body=_blocks(connection, response), content_type=content)


def _blocks(connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> Iterator[bytes]:
    try:
        while block := response.read1(1 << 16):
            yield block
    except http.client.HTTPException as error:
        raise ConnectionError(f"the stream broke off: {str(error) or type(error).__name__}") from error
    finally:
        connection.close()


@contextlib.contextmanager
def broker(codex: Path, key: Key, *, upstream: str, folder: Path) -> Iterator[Upstream]:
    """Start `codex responses-api-proxy` with the key on its standard input, and end it afterwards.

    The key is in no environment and on no command line. Nothing that Codex starts can see the process.

    Args:
        codex: the pinned binary.
        key: the API key.
        upstream: address that requests are forwarded to.
        folder: private folder for the broker's start-up file and its messages.

    Raises:
        StopError: the broker refuses the key or does not start (`unavailable`).
    """
    info = folder / "broker.json"
    argv = [str(codex), "responses-api-proxy", "--server-info", str(info), "--upstream-url", upstream]
    env = {"PATH": os.defpath, "HOME": str(folder), "CODEX_HOME": str(folder), "LC_ALL": "C.UTF-8"}
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"):
        if name in os.environ:
            env[name] = os.environ[name]
    secret = bytearray(key.reveal().encode() + b"\n")
    with process.daemon(argv, env=env, secret=secret, stderr=folder / "broker.log") as started:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            with contextlib.suppress(OSError, ValueError, KeyError):
                port = int(json.loads(info.read_text(encoding="utf-8"))["port"])
                break
            if not started.running() or time.monotonic() > deadline:
                raise StopError(
                    Outcome.UNAVAILABLE,
                    f"the key broker did not start with the key from {key.source}",
                    "check the key: one line of plain ASCII without spaces",
                )
            time.sleep(0.02)
        yield Upstream(port)

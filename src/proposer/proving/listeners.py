"""Sockets of this machine that a contained model cannot reach, and a stand-in for the API behind the key broker."""

import contextlib
import http.server
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from proposer.relay.exchange import Backend

__all__ = ["Api", "Ears", "listening"]

_HELLO = b"hello from the host\n"


@dataclass(kw_only=True)
class Ears:
    """What was heard, by socket: `tcp`, `udp`, `unix`. Nothing is ever answered, so `tcp` is a mute server too."""

    tcp: int
    udp: int
    unix: Path
    heard: dict[str, bytes] = field(default_factory=dict)
    _news: threading.Condition = field(default_factory=threading.Condition)

    def take(self, kind: str, data: bytes) -> None:
        """Take down what came in."""
        with self._news:
            self.heard[kind] = self.heard.get(kind, b"") + data
            self._news.notify_all()

    def forget(self) -> None:
        """Start anew for the next attack."""
        with self._news:
            self.heard.clear()

    def text(self) -> str:
        """Return all that was heard, one line per socket."""
        with self._news:
            return "\n".join(f"{kind}: {data.decode(errors='replace')}" for kind, data in sorted(self.heard.items()))

    def control(self, kind: str) -> bool:
        """Tell whether the host itself gets through to a socket; what it said is forgotten."""
        with contextlib.suppress(OSError):
            with self._dial(kind) as dialled:
                dialled.sendall(_HELLO)
            with self._news:
                got = self._news.wait_for(lambda: _HELLO in self.heard.get(kind, b""), timeout=10)
                self.heard.pop(kind, None)
                return got
        return False

    def _dial(self, kind: str) -> socket.socket:
        if kind == "tcp":
            return socket.create_connection(("127.0.0.1", self.tcp), timeout=10)
        if kind == "udp":
            dialled = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            dialled.connect(("127.0.0.1", self.udp))
            return dialled
        dialled = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        dialled.settimeout(10)
        dialled.connect(str(self.unix))
        return dialled


@contextlib.contextmanager
def listening(folder: Path) -> Iterator[Ears]:
    """Listen on loopback TCP and UDP, on ports that the system chooses, and on a socket in `folder`."""
    place = folder / "s"  # short: the path of a socket has at most 107 bytes
    with (
        _Tcp(("127.0.0.1", 0), _Stream) as tcp,
        _Udp(("127.0.0.1", 0), _Datagram) as udp,
        _Unix(str(place), _Stream) as unix,
    ):
        ears = Ears(tcp=tcp.server_address[1], udp=udp.server_address[1], unix=place)
        servers: tuple[tuple[str, _Tcp | _Udp | _Unix], ...] = (("tcp", tcp), ("udp", udp), ("unix", unix))
        for kind, server in servers:
            server.ears, server.kind = ears, kind
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield ears
        finally:
            for _, server in servers:
                server.shutdown()


class _Hears:
    """What the servers below have in common: where they tell what they hear."""

    ears: Ears
    kind: str
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = False


class _Tcp(_Hears, socketserver.ThreadingTCPServer):
    pass


class _Udp(_Hears, socketserver.ThreadingUDPServer):
    pass


class _Unix(_Hears, socketserver.ThreadingUnixStreamServer):
    pass


class _Stream(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        server = self.server
        with contextlib.suppress(OSError):
            server.ears.take(server.kind, b"[connection] ")  # type: ignore[attr-defined]
            while data := self.request.recv(4096):
                server.ears.take(server.kind, data)  # type: ignore[attr-defined]


class _Datagram(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.server.ears.take(self.server.kind, self.request[0])  # type: ignore[attr-defined]


class Api:
    """The Responses API as the key broker's upstream: it plays a script, and sees the key that the broker carries.

    Args:
        backend: called at the first request of a run, when the broker is there to be looked at.
    """

    def __init__(self) -> None:
        handler = type("Handler", (_Handler,), {"api": self})
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._lock = threading.Lock()
        self._make: Callable[[], Backend] | None = None
        self._backend: Backend | None = None
        self.authorizations: list[str] = []

    @property
    def address(self) -> str:
        """Where the broker forwards to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1/responses"

    def __enter__(self) -> Self:
        """Start to listen."""
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        """Stop to listen."""
        self._server.shutdown()
        self._server.server_close()

    def play(self, make: Callable[[], Backend]) -> None:
        """Prepare for the next run; `make` is called at its first request."""
        with self._lock:
            self._make, self._backend = make, None
            self.authorizations.clear()

    def backend(self, authorization: str) -> Backend | None:
        """Return who answers now."""
        with self._lock:
            self.authorizations.append(authorization)
            if self._backend is None and self._make is not None:
                self._backend = self._make()
            return self._backend


class _Handler(http.server.BaseHTTPRequestHandler):
    api: Api

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Stay silent."""

    def do_POST(self) -> None:
        """Answer one request of the broker."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        backend = self.api.backend(self.headers.get("Authorization", ""))
        if backend is None:
            self.send_error(503)
            return
        reply = backend.reply(body, dict(self.headers.items()))
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.end_headers()
        with contextlib.suppress(OSError):
            for block in reply.body:
                self.wfile.write(block)

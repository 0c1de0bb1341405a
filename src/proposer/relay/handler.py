"""HTTP between Codex and the relay: one request in, its answer passed on as it arrives, nothing else served."""

import gzip
import http.server
import json
import zlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from proposer.relay.exchange import CLOSING, Reply, failure_of
from proposer.relay.stream import Events

if TYPE_CHECKING:
    from proposer.relay.server import Relay

__all__ = ["Handler"]

_MAX_BODY = 64 * 1024 * 1024
_MAX_ANSWER = 32 * 1024 * 1024
_TOLD = 2_000


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection. Whoever does not know the relay's path gets 404 and learns nothing."""

    relay: "Relay"
    turn = 0
    protocol_version = "HTTP/1.1"
    server_version = "proposer"
    sys_version = ""
    timeout = 300
    """Seconds in which a block of a request must arrive, and a block of an answer be taken."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is http.server's
        """Stay silent: what was asked stands in requests.jsonl."""

    def do_GET(self) -> None:
        """Answer 404: there is no catalogue here."""
        self._send(HTTPStatus.NOT_FOUND, "there is nothing here")

    def do_POST(self) -> None:
        """Pass one request on."""
        relay = self.relay
        if not relay.knows(self.path, self.headers.get("Host", "")):
            self._send(HTTPStatus.NOT_FOUND, "there is nothing here")
            return
        relay.alive()
        request, body = self._request()
        if request is None:
            return
        self.turn, reason = relay.admit(request)
        if reason:
            self._send(HTTPStatus.FORBIDDEN, f"stopped by proposer: {reason}")
            return
        try:
            reply = relay.reply(body, {name.lower(): value for name, value in self.headers.items()})
        except ConnectionError as error:
            relay.answered(self.turn, HTTPStatus.BAD_GATEWAY, [], str(error), _error(str(error)).decode())
            self._send(HTTPStatus.BAD_GATEWAY, str(error))
            return
        self._pass(reply)

    def _request(self) -> tuple[dict[str, Any] | None, bytes]:
        """Read the request; where it cannot be used it is refused here, and None is returned."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or "Transfer-Encoding" in self.headers:
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "a request of unknown length")
        elif int(length[:12]) > _MAX_BODY or len(length) > 12:  # noqa: PLR2004 - digits of a number that is too large
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request of more than {_MAX_BODY} bytes")
        else:
            body = self.rfile.read(int(length))
            coding = self.headers.get("Content-Encoding", "identity").strip().lower()
            try:
                plain = _decoded(body, coding)
                request = json.loads(plain)
            except LookupError:
                self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"a request in the encoding {coding[:40]}")
            except (ValueError, OSError, EOFError, zlib.error, RecursionError):
                self._refuse(HTTPStatus.BAD_REQUEST, "a request that is not JSON")
            else:
                if isinstance(request, dict):
                    return request, plain
                self._refuse(HTTPStatus.BAD_REQUEST, "a request that is not a JSON object")
        return None, b""

    def _refuse(self, status: HTTPStatus, what: str) -> None:
        self.relay.refuse(f"codex sent {what}")
        self._send(status, what)

    def _pass(self, reply: Reply) -> None:
        """Pass an answer on, block by block, and take it down."""
        if reply.status != HTTPStatus.OK:
            self._pass_failure(reply)
            return
        relay, events, note = self.relay, Events(), ""
        self.close_connection = True
        try:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            for block in reply.body:
                relay.alive()
                events.feed(block)
                if events.size > _MAX_ANSWER:
                    note = f"an answer of more than {_MAX_ANSWER} bytes"
                    relay.halt(note)
                    break
                self.wfile.write(block)
                self.wfile.flush()
        except (BrokenPipeError, ConnectionResetError):
            note = "codex closed the connection"
        except OSError as error:
            note = str(error) or type(error).__name__
        kept = events.close()
        closing = [event for event in kept if event.get("type") in CLOSING]
        if not note and not closing:
            note = "the stream ended before response.completed"
        note = note or next((text for text in map(failure_of, closing) if text), "")
        relay.answered(self.turn, HTTPStatus.OK, kept, note)

    def _pass_failure(self, reply: Reply) -> None:
        """Pass an error on; a redirect is one too, since Codex would follow it with the whole prompt."""
        told = bytearray()
        try:
            for block in reply.body:
                self.relay.alive()
                told += block
                if len(told) > _TOLD:
                    break
        except OSError:
            pass  # the status says enough
        text = bytes(told[:_TOLD]).decode(errors="replace")
        self.relay.answered(self.turn, reply.status, [], f"HTTP {reply.status}: {text[:300]}".rstrip(": "), text)
        good = HTTPStatus.BAD_REQUEST <= reply.status < 600  # noqa: PLR2004 - the range of errors ends there
        self._send(reply.status if good else HTTPStatus.BAD_GATEWAY, text, plain=good)

    def _send(self, status: int, message: str, *, plain: bool = False) -> None:
        """Send an error; the connection is closed, since a body may not have been read."""
        body = message.encode(errors="replace") if plain else _error(message)
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


def _error(message: str) -> bytes:
    return json.dumps({"error": {"message": message, "type": "proposer", "code": None}}).encode()


def _decoded(body: bytes, coding: str) -> bytes:
    """Undo the content coding of a body; Codex may compress what it sends.

    Raises:
        LookupError: a coding that this library cannot undo.
    """
    if coding in ("", "identity"):
        return body
    if coding in ("gzip", "x-gzip"):
        unpacker = zlib.decompressobj(wbits=31)
        plain = unpacker.decompress(body, _MAX_BODY)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise gzip.BadGzipFile("too large or cut short")
        return plain
    raise LookupError(coding)

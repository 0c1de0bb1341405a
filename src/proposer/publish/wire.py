"""What goes to a forge and what comes back: requests, failures, what may be repeated, and a wire that only prints."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from proposer.errors import Outcome, StopError, UsageError
from proposer.reports.safe import log_line

__all__ = ["PAGE", "ForgeError", "Paper", "Request", "Store", "Wire", "address", "created", "pages", "whole"]

PAGE = 100
"""Rows of a list that are asked for at once; the most that either forge gives."""
_MOST_PAGES = 50
_LONGEST = 300
_SHORTEST_WAIT, _LONGEST_WAIT = 2.0, 90.0
Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request; `path` is below the address of the API, with its query; `body` is sent as JSON."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None


class ForgeError(StopError):
    """The forge did not do what it was asked for.

    `status` is HTTP's, 0 where no answer came; `transient` says that it may do it the next time, not before `after`
    seconds.
    """

    def __init__(self, request: Request, status: int, message: str, *, transient: bool, after: float = 0) -> None:
        what = f"{request.method} {urlsplit(request.path).path}"
        words = " ".join(log_line(message).split())[:_LONGEST]
        hint = "run the job again later" if transient else _hint(status)
        super().__init__(Outcome.UNAVAILABLE, f"{what}: {status or 'no answer'}: {words}", hint)
        self.status = status
        self.transient = transient
        self.after = after


def _hint(status: int) -> str:
    if status in (401, 403, 404):
        return "give the step a token that may write comments and, for proposals, contents and pull requests"
    return "see what the forge answered"


class Wire(Protocol):
    """The way to a forge."""

    def send(self, request: Request) -> Any:
        """Return the answer, parsed. What can be repeated without harm was repeated; a POST never is.

        Raises:
            ForgeError: another status than 2xx, or no answer.
        """


class Store(Wire, Protocol):
    """The way to a forge that also keeps files."""

    def data(self, request: Request, most: int) -> bytes | None:
        """Return a file; None where it is not there any more; of one larger than `most` only a beginning.

        Raises:
            ForgeError: another status than 2xx and 404, or no answer.
        """


@dataclass
class Paper:
    """A wire that sends nothing: it prints each request, and answers as a forge on which nothing was published yet."""

    requests: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> Any:
        """Print the request."""
        self.requests.append(request)
        sys.stdout.write(f"{request.method} {request.path}\n")
        if request.body is not None:
            text = json.dumps(request.body, indent=2, ensure_ascii=True, sort_keys=True)
            sys.stdout.write(log_line(text) + "\n")
        return [] if f"per_page={PAGE}" in request.path else {}


def pages(wire: Wire, path: str) -> Iterator[dict[str, Any]]:
    """Yield all rows of a list.

    Args:
        wire: the way to the forge.
        path: of the list, without a query or with one.
    """
    for page in range(1, _MOST_PAGES + 1):
        sign = "&" if "?" in path else "?"
        rows = wire.send(Request(method="GET", path=f"{path}{sign}per_page={PAGE}&page={page}"))
        rows = rows if isinstance(rows, list) else []
        yield from (row for row in rows if isinstance(row, dict))
        if len(rows) < PAGE:
            return


def created(
    wire: Wire, request: Request, look: Callable[[], Found | None], wait: Callable[[float], None] = time.sleep
) -> Any | Found:
    """Send a POST, once more where it may have failed; never so that the thing is made twice.

    Args:
        wire: the way to the forge.
        request: the POST.
        look: returns what an answer that got lost has made after all; None where there is nothing.
        wait: sleeps for so many seconds.

    Raises:
        ForgeError: it failed twice, or for good.
    """
    try:
        return wire.send(request)
    except ForgeError as error:
        if not error.transient:
            raise
        wait(min(max(error.after, _SHORTEST_WAIT), _LONGEST_WAIT))
    found = look()
    return wire.send(request) if found is None else found


def whole(row: Any, *names: str) -> Any:
    """Return a part of an answer; None where it is not there."""
    for name in names:
        row = row.get(name) if isinstance(row, dict) else None
    return row


def address(url: str) -> str:
    """Return the address of an API without a slash at its end.

    Raises:
        UsageError: a token would travel in the clear, or to no host.
    """
    parts = urlsplit(url)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        raise UsageError(f"--api-url {url[:100]} is no https address", "name one, such as https://api.github.com")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError("--api-url holds more than an address", "leave user, password and query out")
    return url.rstrip("/")

"""One more try where a provider is busy: after 429 and 5xx, once in a run, after a pause that nobody can foresee."""

import contextlib
import itertools
import re
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus

from proposer.relay.exchange import Backend, Reply

__all__ = ["Patient"]

_READ = 4_000
"""Bytes of an error that are looked at."""
_QUOTA = re.compile(rb"insufficient_quota|billing|quota", re.IGNORECASE)
"""Words of a 429 that no waiting mends (OpenAI, error codes: `insufficient_quota`)."""


class Patient:
    """A backend that asks another one, and once in its life asks again; Codex does not learn of it.

    Args:
        backend: who is asked.
        pause: seconds to wait before it is asked again.
        left: seconds until the deadline of the run; where the pause does not fit in, nobody is asked again.
        on_step: told what happens, for people.
        more: False where it must not be asked again: a recording has its answers in their order.

    `retried` says what the first answer was; empty where nobody was asked twice.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        pause: Callable[[], float],
        left: Callable[[], float],
        on_step: Callable[[str], None],
        more: bool = True,
    ) -> None:
        self._backend = backend
        self._pause = pause
        self._left = left
        self._on_step = on_step
        self._more = more
        self._lock = threading.Lock()
        self.retried = ""

    @property
    def told(self) -> str:
        """A sentence for the report; empty where nobody was asked twice."""
        return f"the provider answered {self.retried} and was asked once more" if self.retried else ""

    def reply(self, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Answer one request.

        Raises:
            ConnectionError: nobody answers.
        """
        first = self._backend.reply(body, headers)
        if not self._more or not _is_busy(first.status):
            return first
        read, told = bytearray(), iter(first.body)
        with contextlib.suppress(OSError):
            while len(read) < _READ and (block := next(told, b"")):
                read += block
        seconds = self._pause()
        with self._lock:
            again = not self.retried and seconds < self._left() and not _QUOTA.search(read)
            if again:
                self.retried = f"HTTP {first.status}"
        if not again:
            whole = itertools.chain([bytes(read)], told)
            return Reply(status=first.status, body=whole, content_type=first.content_type)
        close = getattr(first.body, "close", None)
        if close is not None:
            close()
        self._on_step(f"HTTP {first.status}: asking once more in {seconds:.1f} s")
        threading.Event().wait(seconds)
        return self._backend.reply(body, headers)


def _is_busy(status: int) -> bool:
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR

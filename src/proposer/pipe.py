"""Lines out of a pipe, read without ever waiting for more than was asked for."""

import os
import select
from collections.abc import Callable

__all__ = ["Pipe"]

_BLOCK_BYTES = 1 << 16
_LINE_BYTES = 16 * 1024 * 1024
_DRAINED_BYTES = 1024 * 1024
"""What is still read of a pipe whose writer has ended: as much as a pipe can hold (pipe(7), pipe-max-size)."""


class Pipe:
    """The reading end of a pipe. `total` counts bytes, `trouble` says why reading must not go on.

    Args:
        descriptor: the reading end; it becomes non-blocking.
        on_line: called with each line without its newline, and with the last one even where no newline ends it.
    """

    def __init__(self, descriptor: int, on_line: Callable[[bytes], None]) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._on_line = on_line
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)
        self._rest = bytearray()
        self.total = 0
        self.closed = False
        self.trouble = ""

    def step(self, seconds: float) -> bool:
        """Read one block; False where none came within that time, or where the pipe was closed."""
        if not self._poll.poll(seconds * 1000):
            return False
        block = os.read(self._descriptor, _BLOCK_BYTES)
        self.closed = not block
        self.total += len(block)
        seen = len(self._rest)
        self._rest += block
        if self._rest.find(b"\n", seen) >= 0:
            *lines, rest = bytes(self._rest).split(b"\n")
            self._rest = bytearray(rest)
            for line in lines:
                self._on_line(line)
        if len(self._rest) > _LINE_BYTES:
            self.trouble = f"a line of more than {_LINE_BYTES} bytes"
        elif self.closed:
            self._finish()
        return not self.closed

    def drain(self) -> None:
        """Read what is in the pipe now, for whose writer has ended, and take the last line, whole or not."""
        most = self.total + _DRAINED_BYTES
        while not self.closed and not self.trouble and self.total < most and self.step(0):
            pass
        self._finish()

    def _finish(self) -> None:
        rest, self._rest = bytes(self._rest), bytearray()
        if rest:
            self._on_line(rest)

"""Ctrl-C, a cancelled CI job and a closed terminal: one kind of interrupt, which never tears a clean-up apart."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

__all__ = ["interruptible", "shielded"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _heeded() -> list[signal.Signals]:
    """Return the signals that this process obeys; one that its parent ignored (nohup, `&`) stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        return []  # signals arrive in the main thread alone
    return [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a handler
    raise KeyboardInterrupt


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into KeyboardInterrupt, as SIGINT is one already."""
    before = {number: signal.signal(number, _interrupt) for number in _heeded()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)


@contextlib.contextmanager
def shielded(*, forget: bool = False) -> Iterator[None]:
    """Put interrupts off until the block is through; of blocks inside of each other, until the outermost one is.

    Args:
        forget: an interrupt that came meanwhile came too late and counts for nothing.

    Raises:
        KeyboardInterrupt: at the end of the block, where an interrupt came meanwhile.
    """
    heeded = _heeded()
    if not heeded or any(isinstance(signal.getsignal(number), _Later) for number in heeded):
        yield
        return
    later = _Later()
    before = {number: signal.signal(number, later) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
    if later.came and not forget:
        raise KeyboardInterrupt


class _Later:
    """A handler that only remembers."""

    def __init__(self) -> None:
        self.came = False

    def __call__(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature of a handler
        self.came = True

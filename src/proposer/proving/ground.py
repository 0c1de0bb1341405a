"""The proving ground: tries one drill after the other, and starts anew where one has escaped."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from proposer.proving.arena import Arena, opened
from proposer.proving.attempt import attempt
from proposer.proving.drill import Drill
from proposer.proving.result import Result

__all__ = ["Ground"]


class Ground:
    """Drills of one repository, tried in this process.

    Args:
        source: top folder of the repository; it is copied, never written to.
        keep: given name and record of an attack that was not contained; returns where the record was kept.
    """

    def __init__(self, source: Path, *, keep: Callable[[str, Path], str] = lambda *_: "") -> None:
        self._source = source
        self._keep = keep
        self._stack = contextlib.ExitStack()
        self._arena: Arena | None = None

    def __enter__(self) -> Self:
        """Begin; the arena is built for the first drill."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the arena."""
        self._leave()

    def attempt(self, drill: Drill) -> Result:
        """Try a drill.

        Raises:
            UsageError: the repository cannot be copied, has no lock, or its settings cannot be read.
        """
        if self._arena is None:
            self._arena = self._stack.enter_context(opened(self._source))
        result = attempt(drill, self._arena, keep=self._keep)
        if result.outcome == "escaped":  # whoever escaped has been there: the next one gets a clean arena
            self._leave()
        return result

    def _leave(self) -> None:
        self._arena = None
        self._stack.close()

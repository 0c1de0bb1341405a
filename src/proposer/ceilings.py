"""The limits of a supervised process, and the words for the one that was reached."""

from dataclasses import dataclass

__all__ = ["Ceilings"]


@dataclass(frozen=True, kw_only=True)
class Ceilings:
    """Seconds in all, seconds without any sign of life, bytes on standard output, bytes of each file that is written.

    The last one holds for every descendant too.
    """

    wall_seconds: float
    idle_seconds: float
    output_bytes: int = 256 * 1024 * 1024
    file_bytes: int = 256 * 1024 * 1024

    def reached(self, *, total: float, idle: float, output: int) -> str:
        """Return the first limit that was passed, in words; empty where none was.

        Args:
            total: seconds since the start.
            idle: seconds since the last sign of life.
            output: bytes on standard output so far.
        """
        if total > self.wall_seconds:
            return f"the deadline of {self.wall_seconds:g} s"
        if idle > self.idle_seconds:
            return f"{self.idle_seconds:g} s without a sign of life"
        if output > self.output_bytes:
            return f"more than {self.output_bytes} bytes of events"
        return ""

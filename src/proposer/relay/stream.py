"""Server-sent events (WHATWG HTML, section 9.2), taken apart as they arrive, whatever blocks they come in."""

import json
import re
from typing import Any

__all__ = ["Events", "is_noise"]

_END = re.compile(b"\r\n|\n|\r")


def is_noise(event: dict[str, Any]) -> bool:
    """Tell whether an event only announces a part of what a later one holds in full."""
    return str(event.get("type")).endswith(".delta")


class Events:
    """The JSON events of one stream; pieces of later events are counted and not kept. `size` counts bytes."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._data: list[bytes] = []
        self._after_return = False
        self.size = 0
        self.malformed = 0
        self.kept: list[dict[str, Any]] = []

    def feed(self, block: bytes) -> None:
        """Take the next bytes."""
        if not self.size:
            block = block.removeprefix(b"\xef\xbb\xbf")
        self.size += len(block)
        if self._after_return:  # the second half of a line's end
            block = block.removeprefix(b"\n")
        self._after_return = block.endswith(b"\r") if block else self._after_return
        if not _END.search(block):
            self._rest += block
            return
        self._rest += block
        *lines, rest = _END.split(bytes(self._rest))
        self._rest = bytearray(rest)
        for line in lines:
            self._line(line)

    def close(self) -> list[dict[str, Any]]:
        """Return the events; one that no empty line ended counts too, since whoever reads on may take it."""
        self._line(bytes(self._rest))
        self._line(b"")
        self._rest = bytearray()
        return self.kept

    def _line(self, line: bytes) -> None:
        if line.startswith(b"data:"):
            self._data.append(line[5:].removeprefix(b" "))
        elif not line and self._data:
            data, self._data = b"\n".join(self._data), []
            if data.strip() == b"[DONE]":
                return
            try:
                event = json.loads(data)
            except (ValueError, RecursionError):
                self.malformed += 1
                return
            if isinstance(event, dict) and not is_noise(event):
                self.kept.append(event)

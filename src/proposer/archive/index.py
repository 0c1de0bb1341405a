"""The index: `.proposer/index.jsonl`, one line for each run, appended as records come and kept when they are pruned.

It is no evidence, only what was read from the records before. While a record's two files are what they were, its line
stands for it; where they changed, they are read anew. Where the index is missing, it is made again from the records.
"""

import contextlib
import fcntl
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from proposer.archive import reading
from proposer.archive.entry import VERSION, Entry
from proposer.errors import UsageError
from proposer.provenance.record import Store

__all__ = ["NAME", "Index", "Survey"]

NAME = "index.jsonl"
_LINE = re.compile(
    rb'\{"version":%d,"run":"([0-9TZa-f-]{25})","seen":"([0-9:;]{1,200})","leaf":"([0-9a-f]{64})",'
    rb'"record":"[0-9a-f]{64}","whole":(true|false),"workflow":.*\}\n' % VERSION
)
"""The fields of `Entry` stand in their order; the rest of the line is read when it is needed."""
_SLACK = 1000
"""Lines that another line replaced, beyond as many as there are runs, before the file is written anew."""


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What there is.

    Attributes:
        here: runs whose record is here, oldest first.
        gone: runs that have a line and no record any more.
        broken: runs whose record.json is not the one that their statement names.
        unreadable: why a record has no line, by run.
        leaves: digest of the statement of every run that has a line, by run.
    """

    here: tuple[str, ...]
    gone: tuple[str, ...]
    broken: tuple[str, ...]
    unreadable: dict[str, str]
    leaves: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Known:
    """Where the last line of a run stands, and what must be so for it to hold."""

    at: int
    size: int
    seen: str
    leaf: str
    whole: bool


@dataclass(kw_only=True)
class _Lines:
    """The lines of the file: the last one of each run, and how many there are in all."""

    known: dict[str, _Known] = field(default_factory=dict)
    count: int = 0
    end: int = 0


class Index:
    """The index of one repository's records."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.path = store.folder / NAME

    def refresh(self) -> Survey:
        """Bring the index up to date and say what there is; safe between processes.

        Raises:
            UsageError: it cannot be written, or is not a regular file.
        """
        here = self._store.names()
        if not here and not self.path.exists():
            return Survey(here=(), gone=(), broken=(), unreadable={}, leaves={})
        unreadable = dict[str, str]()
        with self._locked() as stream:
            lines = _read(stream)
            for run in here:
                try:
                    self._look(run, lines, stream)
                except reading.UnreadableError as error:
                    unreadable[run] = str(error)
            known = lines.known
            if lines.count > 2 * len(known) + _SLACK:
                stream.flush()
                self._compact(stream, known)
        return Survey(
            here=tuple(here),
            gone=tuple(sorted(known.keys() - set(here))),
            broken=tuple(run for run in here if run in known and not known[run].whole),
            unreadable=unreadable,
            leaves={run: line.leaf for run, line in known.items()},
        )

    def entries(self) -> Iterator[Entry]:
        """Yield the line of each run, in the order in which they came; call `refresh` first."""
        with contextlib.suppress(FileNotFoundError), self.path.open("rb") as stream:
            for line in _read(stream).known.values():
                yield Entry.model_validate_json(os.pread(stream.fileno(), line.size, line.at))

    def _look(self, run: str, lines: _Lines, stream: BinaryIO) -> None:
        """Append a line for a record that is new or has changed.

        Raises:
            UnreadableError: there is nothing to make one of.
        """
        place, known = f"{self._store.runs}/{run}", lines.known.get(run)
        if known is not None and known.seen == reading.seen(place):
            return
        entry = reading.read(place, run)
        if known is not None and not entry.whole:
            # What was read while the record was whole stands: nobody can lower a counter by editing a record.
            before = Entry.model_validate_json(os.pread(stream.fileno(), known.size, known.at))
            entry = before.model_copy(update={"seen": entry.seen, "leaf": entry.leaf, "whole": False})
        data = entry.model_dump_json().encode() + b"\n"
        stream.write(data)
        lines.known[run] = _Known(lines.end, len(data), entry.seen, entry.leaf, entry.whole)
        lines.count += 1
        lines.end += len(data)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[BinaryIO]:
        """Open the file for one process at a time; half a line that a crash left at its end is cut off."""
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK
        while True:
            try:
                stream = os.fdopen(os.open(self.path, flags, 0o600), "a+b")
            except OSError as error:
                hint = f"make it writable, or remove it: it is made again from the records: rm {self.path.name}"
                raise UsageError(f"{self.path.name} cannot be written: {error.strerror}", hint) from error
            with stream:
                if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                    raise UsageError(f"{self.path.name} is not a regular file", f"remove it: rm {self.path.name}")
                fcntl.flock(stream, fcntl.LOCK_EX)
                with contextlib.suppress(FileNotFoundError):
                    if os.path.samestat(os.fstat(stream.fileno()), self.path.lstat()):
                        yield stream
                        return
            # Another process wrote it anew while this one waited.

    def _compact(self, stream: BinaryIO, known: dict[str, _Known]) -> None:
        """Write the file anew without the lines that others replaced."""
        fresh = self.path.with_name(f"{NAME}.new")  # one process at a time is here
        with fresh.open("wb") as target:
            for line in known.values():
                target.write(os.pread(stream.fileno(), line.size, line.at))
            target.flush()
            os.fsync(target.fileno())
        fresh.replace(self.path)


def _read(stream: BinaryIO) -> _Lines:
    """Read all lines; one that cannot be read says nothing, and its record is read anew."""
    lines, at = _Lines(), 0
    stream.seek(0)
    for row in stream:
        if not row.endswith(b"\n"):
            if stream.writable():
                stream.truncate(at)
            break
        if found := _LINE.match(row):
            run, seen, leaf = (part.decode() for part in found.group(1, 2, 3))
            lines.known[run] = _Known(at, len(row), seen, leaf, found[4] == b"true")
        lines.count += 1
        at += len(row)
    lines.end = at
    return lines

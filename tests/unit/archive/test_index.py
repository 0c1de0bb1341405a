"""The index says what the records say: it is kept, checked, mended and made again, and never outlives the truth."""

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from history import History, finding
from proposer.archive.index import NAME, Index
from proposer.errors import UsageError
from proposer.provenance.record import RECORD, STATEMENT


def dropped(history: History) -> dict[str, int]:
    """Return a count of each run, as the index has it."""
    index = Index(history.store)
    index.refresh()
    return {entry.run: entry.dropped for entry in index.entries()}


def path(history: History) -> Path:
    return history.store.folder / NAME


def test_each_record_has_one_line_and_is_read_once(history: History) -> None:
    history.add(dropped=1)
    first = dropped(history)
    history.add(dropped=2)
    size = len(path(history).read_bytes().splitlines())
    assert (first, dropped(history), size) == ({history.runs[0]: 1}, dict(zip(history.runs, (1, 2), strict=True)), 1)
    before = path(history).read_bytes()
    dropped(history)
    assert path(history).read_bytes() == before


def test_a_repository_without_runs_gets_no_index(history: History) -> None:
    assert Index(history.store).refresh().here == ()
    assert not path(history).exists()


def test_what_is_kept_of_a_record(history: History) -> None:
    row = finding("P1", title="a\nlong  title " + "x" * 500)
    history.add("blocked", row, price="1.2500 USD (prices of 2026-01-01)", refused_commands=3, seconds=2.5,
                usage={"input_tokens": 5, "cached_input_tokens": 4, "output_tokens": 3}, runner="github-actions",
                reasons=["the proposal fails `pytest` (exit 1): x"], sandbox="workspace-write")  # fmt: skip
    index = Index(history.store)
    index.refresh()
    (entry,) = index.entries()
    assert (entry.mode, entry.sandbox, entry.reason, entry.whole) == ("ci", "workspace-write", "test_failed", True)
    assert (entry.price, entry.currency, entry.seconds, entry.refused) == (1.25, "USD", 2.5, 3)
    assert (entry.input_tokens, entry.cached_input_tokens, entry.output_tokens) == (5, 4, 3)
    assert entry.reported == {"P0": 0, "P1": 1, "P2": 0, "P3": 0}
    assert entry.findings[0].title.startswith("a long title xxx")
    assert len(entry.findings[0].title) == 160


def test_a_pruned_record_keeps_its_line(history: History) -> None:
    history.add(dropped=1)
    history.add(dropped=2)
    dropped(history)
    shutil.rmtree(history.store.runs / history.runs[0])
    survey = Index(history.store).refresh()
    assert (survey.here, survey.gone) == ((history.runs[1],), (history.runs[0],))
    assert dropped(history)[history.runs[0]] == 1


def test_an_edited_record_changes_no_count_and_is_told(history: History) -> None:
    history.add(dropped=7)
    dropped(history)
    history.edit(history.runs[0], dropped=0)
    survey = Index(history.store).refresh()
    assert (survey.broken, dropped(history)) == ((history.runs[0],), {history.runs[0]: 7})


def test_an_edit_of_the_same_size_at_the_same_time_is_seen(history: History) -> None:
    place = history.add(dropped=7) / RECORD
    dropped(history)
    state = place.stat()
    place.write_bytes(place.read_bytes().replace(b'"dropped": 7', b'"dropped": 1'))
    os.utime(place, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert place.stat().st_size == state.st_size
    assert Index(history.store).refresh().broken == (history.runs[0],)


def test_a_record_that_was_put_back_is_whole_again(history: History) -> None:
    place = history.add(dropped=7) / RECORD
    data = place.read_bytes()
    dropped(history)
    history.edit(history.runs[0], dropped=0)
    Index(history.store).refresh()
    place.write_bytes(data)
    assert Index(history.store).refresh().broken == ()


def as_link(place: Path) -> None:
    (place / RECORD).rename(place.parent.parent / "elsewhere.json")
    (place / RECORD).symlink_to(place.parent.parent / "elsewhere.json")


def as_pipe(place: Path) -> None:
    (place / RECORD).unlink()
    os.mkfifo(place / RECORD)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "no record": (lambda place: (place / RECORD).unlink(), "record.json cannot be read"),
    "no statement": (lambda place: (place / STATEMENT).unlink(), "statement.json cannot be read"),
    "no JSON": (lambda place: (place / RECORD).write_text("{"), "record.json cannot be read"),
    "another shape": (lambda place: (place / RECORD).write_text('{"run": 1}'), "record.json cannot be read"),
    "a link": (as_link, "record.json"),
    "a pipe": (as_pipe, "record.json is not a regular file"),
    "another run's": (
        lambda place: (place / RECORD).write_bytes((place.parent / "other.json").read_bytes()), "belongs to run",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "told"), DAMAGE.values(), ids=DAMAGE)
def test_a_record_that_cannot_be_read_is_told_and_stops_nothing(
    history: History, damage: Callable[[Path], object], told: str
) -> None:
    first, second = history.add(), history.add()
    shutil.copyfile(second / RECORD, first.parent / "other.json")
    damage(first)
    survey = Index(history.store).refresh()
    assert told in survey.unreadable[history.runs[0]]
    assert list(dropped(history)) == [history.runs[1]]


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "half a line": lambda data: data[:-20],
    "half a line after whole ones": lambda data: data + data[:50],
    "no line of ours": lambda data: b"x\n" + data,
    "another version": lambda data: data.replace(b'"version":1', b'"version":0'),
    "nothing": lambda _: b"",
    "binary": lambda data: b"\xff\x00\n" + data,
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_an_index_that_was_damaged_is_mended_from_the_records(
    history: History, spoil: Callable[[bytes], bytes]
) -> None:
    history.add(dropped=1)
    history.add(dropped=2)
    wanted = dropped(history)
    path(history).write_bytes(spoil(path(history).read_bytes()))
    assert dropped(history) == wanted
    path(history).unlink()
    assert dropped(history) == wanted


def test_lines_that_others_replaced_are_dropped_in_the_end(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proposer.archive.index._SLACK", 0)
    place = history.add(dropped=1)
    shutil.rmtree(history.add(dropped=2))
    for _ in range(4):
        dropped(history)
        os.utime(place / RECORD)
    assert dropped(history) == {history.runs[0]: 1}
    assert len(path(history).read_bytes().splitlines()) <= 3


def test_an_index_that_is_a_link_is_refused(history: History, tmp_path: Path) -> None:
    history.add()
    (tmp_path / "mine").write_text("", encoding="utf-8")
    path(history).symlink_to(tmp_path / "mine")
    with pytest.raises(UsageError, match=r"index\.jsonl cannot be written"):
        Index(history.store).refresh()
    assert (tmp_path / "mine").read_text(encoding="utf-8") == ""


def test_many_at_once_leave_one_line_for_each_run(history: History) -> None:
    for number in range(20):
        history.add(dropped=number)
    threads = [threading.Thread(target=Index(history.store).refresh) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(path(history).read_bytes().splitlines()) == 20
    assert sorted(dropped(history).values()) == list(range(20))

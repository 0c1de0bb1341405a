"""The list of all runs: newest first, with what became of their records, and no text of a stranger alive."""

import io
import shutil
from typing import Any

from history import History, finding
from proposer.reports.listing import listed

HOSTILE = "\x1b]8;;http://evil/\x07::error::x [bold red]y[/] \u202etxt"


def document(history: History) -> dict[str, Any]:
    return listed(history.store.root).document()


def text(history: History) -> str:
    stream = io.StringIO()
    listed(history.store.root).show(stream)
    return stream.getvalue()


def test_no_runs_yet(history: History) -> None:
    assert "no runs yet; start with: inv codex.review" in text(history)
    assert document(history) == {"schema": "proposer/runs/v1", "runs": [], "unreadable": []}


def test_the_newest_stands_first_with_its_findings_and_exit(history: History) -> None:
    history.add()
    history.add("blocked", finding("P0"), finding("P2", "b.py"), price="0.5000 USD (x)", replay_of=history.runs[0])
    first, second = document(history)["runs"]
    assert [first["run"], second["run"]] == history.runs[::-1]
    assert (first["exit"], first["findings"], first["severities"]["P0"], first["replay"]) == (7, 2, 1, True)
    assert (first["price"], first["currency"], first["record"]) == (0.5, "USD", "here")
    shown = text(history)
    assert shown.index(history.runs[1]) < shown.index(history.runs[0])
    assert "1 P0, 1 P2" in shown
    assert "review (replay)" in shown


def test_a_pruned_record_is_still_listed_and_a_damaged_one_is_told(history: History) -> None:
    for _ in range(3):
        history.add()
    listed(history.store.root)
    shutil.rmtree(history.store.runs / history.runs[0])
    history.edit(history.runs[1], dropped=1)
    (history.store.runs / history.runs[2] / "record.json").write_text("{", encoding="utf-8")
    found = document(history)
    assert [row["record"] for row in found["runs"]] == ["here", "here", "gone"]
    assert [row["damaged"] for row in found["runs"]] == [False, True, False]
    assert [row["run"] for row in found["unreadable"]] == [history.runs[2]]
    assert "record gone" in text(history)
    assert "2 record(s) are damaged; look at: inv codex.audit --verify" in text(history)


def test_only_the_newest_fit_on_a_screen_and_all_are_in_the_document(history: History) -> None:
    for _ in range(23):
        history.add()
    assert text(history).count("  review  ") == 20
    assert "the newest 20 of 23" in text(history)
    assert len(document(history)["runs"]) == 23


def test_text_of_a_stranger_is_only_text(history: History) -> None:
    history.add(name=HOSTILE, branch=HOSTILE, price="1.0000 USD (x)")
    shown = text(history)
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    assert "[bold red]" in shown
    assert "::error::" not in shown.replace(": :error::", "")

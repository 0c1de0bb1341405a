"""Committed heads: a cut tail shows, other clones' heads stay, and what is no head is refused."""

from pathlib import Path

import pytest

from proposer.errors import RefusedError
from proposer.provenance import heads, merkle
from proposer.provenance.ledger import Head, Ledger

OTHER = f"{'0' * 64} 3 {'a' * 64}\n"


def filled(path: Path, count: int, name: str = "statement") -> Ledger:
    ledger = Ledger(path)
    for number in range(count):
        ledger.append(f"{name} {number}".encode())
    return ledger


def test_a_head_follows_its_ledger_and_leaves_others_alone(tmp_path: Path) -> None:
    ledger = filled(tmp_path / "ledger", 2)
    text = heads.anchored(OTHER, ledger)
    assert len(text.splitlines()) == 2
    assert OTHER in text
    ledger.append(b"more")
    renewed = heads.anchored(text, ledger)
    assert renewed != text
    assert OTHER in renewed
    assert sorted(anchor.head.size for anchor in heads.read(renewed).values()) == [3, 3]


def test_an_empty_ledger_has_no_head(tmp_path: Path) -> None:
    assert heads.of(Ledger(tmp_path / "none")) is None
    assert heads.anchored(OTHER, Ledger(tmp_path / "none")) == OTHER


@pytest.mark.parametrize("kept", [1, 2, 3])
def test_a_tail_that_was_cut_off_shows(tmp_path: Path, kept: int) -> None:
    ledger = filled(tmp_path / "ledger", 4)
    text = heads.anchored("", ledger)
    rows = ledger.path.read_bytes().splitlines(keepends=True)
    ledger.path.write_bytes(b"".join(rows[:kept]))
    ledger.verify()  # by itself it looks whole
    assert heads.broken(heads.read(text).values(), ledger)
    ledger.append(b"another end")
    ledger.append(b"and another")
    with pytest.raises(RefusedError, match="lost"):
        heads.anchored(text, ledger)


def test_a_head_of_another_ledger_says_nothing_about_this_one(tmp_path: Path) -> None:
    text = heads.anchored("", filled(tmp_path / "theirs", 4, "other"))
    assert not heads.broken(heads.read(text).values(), filled(tmp_path / "ours", 1))


NO_HEADS = {
    "words": "x\n",
    "twice": OTHER * 2,
    "nothing": OTHER.replace(" 3 ", " 0 "),
    "a-zero-before": OTHER.replace(" 3 ", " 03 "),
    "capitals": OTHER.upper(),
    "an-empty-line": "\n",
    "too-short": OTHER[1:],
    "no-end": OTHER[:-1],
    "another-end": OTHER[:-1] + "\v",
    "a-carriage-return": OTHER.replace("\n", "\r\n"),
    "half-a-line": OTHER + "f" * 64,
}


@pytest.mark.parametrize("text", NO_HEADS.values(), ids=NO_HEADS)
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="no head of a ledger"):
        heads.read(text)


def test_each_head_that_a_ledger_did_not_grow_from_is_told(tmp_path: Path) -> None:
    ledger, grown = Ledger(tmp_path / "ledger"), []
    for number in range(6):
        ledger.append(f"statement {number}".encode())
        if anchor := heads.of(ledger):
            grown.append(anchor)
    origin = grown[0].origin
    wrong = {
        heads.Anchor(origin=origin, head=Head(size=3, root=grown[3].head.root)),
        heads.Anchor(origin=origin, head=Head(size=7, root=grown[5].head.root)),
        heads.Anchor(origin=origin, head=Head(size=0, root=merkle.EMPTY.hex())),
    }
    assert heads.unfit(grown, ledger) == frozenset()
    assert heads.unfit([*grown, *wrong], ledger) == wrong
    assert heads.unfit(grown, Ledger(tmp_path / "none")) == {*grown}

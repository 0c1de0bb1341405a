"""The ledger: append-only, chained, one way to write a line, safe between processes and after a crash."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proposer.errors import RefusedError
from proposer.provenance import merkle
from proposer.provenance.ledger import Head, Ledger


def filled(folder: Path, count: int = 4) -> Ledger:
    ledger = Ledger(folder / "ledger")
    for number in range(count):
        assert ledger.append(f"statement {number}".encode()) == number
    return ledger


def test_what_was_appended_is_there_and_in_order(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    ledger.verify()
    assert [line.index for line in ledger.lines()] == [0, 1, 2, 3]
    assert ledger.holds(b"statement 2")
    assert not ledger.holds(b"statement 4")
    assert (tmp_path / "ledger").stat().st_mode & 0o777 == 0o600


def test_a_line_is_what_its_documentation_says(tmp_path: Path) -> None:
    filled(tmp_path, 2)
    leaves = [hashlib.sha256(f"statement {number}".encode()).digest() for number in range(2)]
    first = hashlib.sha256(bytes(32) + leaves[0]).digest()
    second = hashlib.sha256(first + leaves[1]).hexdigest()
    rows = (tmp_path / "ledger").read_text(encoding="ascii").splitlines()
    assert rows == [f"0 {leaves[0].hex()} {first.hex()}", f"1 {leaves[1].hex()} {second}"]


def test_no_ledger_is_an_empty_one(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "deep" / "ledger")
    ledger.verify()
    assert (list(ledger.lines()), ledger.tail(), ledger.holds(b"")) == ([], None, False)
    assert ledger.append(b"x") == 0


ROW = rb"2 [0-9a-f]{64} [0-9a-f]{64}\n"
TAMPERING = {
    "a-digit-of-a-leaf": lambda rows: [rows[0], _flip(rows[1], 4), *rows[2:]],
    "a-digit-of-a-chain": lambda rows: [rows[0], _flip(rows[1], 70), *rows[2:]],
    "an-index": lambda rows: [rows[0], b"7" + rows[1][1:], *rows[2:]],
    "two-lines-exchanged": lambda rows: [rows[1], rows[0], *rows[2:]],
    "a-line-twice": lambda rows: [*rows, rows[-1]],
    "a-line-removed": lambda rows: [rows[0], *rows[2:]],
    "the-first-line-removed": lambda rows: rows[1:],
    "a-zero-before-an-index": lambda rows: [rows[0], b"0" + rows[1], *rows[2:]],
    "a-sign-before-an-index": lambda rows: [rows[0], b"+" + rows[1], *rows[2:]],
    "an-underscore-in-an-index": lambda rows: [*rows[:3], b"0_3" + rows[3][1:]],
    "another-digit-three": lambda rows: [*rows[:3], "٣".encode() + rows[3][1:]],
    "capital-letters": lambda rows: [rows[0], rows[1].upper(), *rows[2:]],
    "two-spaces": lambda rows: [rows[0], rows[1].replace(b" ", b"  ", 1), *rows[2:]],
    "a-tab": lambda rows: [rows[0], rows[1].replace(b" ", b"\t", 1), *rows[2:]],
    "a-space-before": lambda rows: [rows[0], b" " + rows[1], *rows[2:]],
    "a-space-after": lambda rows: [rows[0], rows[1].replace(b"\n", b" \n"), *rows[2:]],
    "a-carriage-return": lambda rows: [rows[0], rows[1].replace(b"\n", b"\r\n"), *rows[2:]],
    "an-empty-line": lambda rows: [rows[0], b"\n", *rows[1:]],
    "a-fourth-field": lambda rows: [rows[0], rows[1].replace(b"\n", b" x\n"), *rows[2:]],
    "a-byte-order-mark": lambda rows: [b"\xef\xbb\xbf" + rows[0], *rows[1:]],
    "garbage": lambda rows: [rows[0], b"\x00\xff garbage\n", *rows[2:]],
}


def _flip(row: bytes, at: int) -> bytes:
    return row[:at] + (b"0" if row[at : at + 1] != b"0" else b"1") + row[at + 1 :]


@pytest.mark.parametrize("name", TAMPERING)
def test_every_change_is_seen(tmp_path: Path, name: str) -> None:
    ledger = filled(tmp_path)
    rows = ledger.path.read_bytes().splitlines(keepends=True)
    changed = b"".join(TAMPERING[name](rows))
    assert changed != ledger.path.read_bytes()
    ledger.path.write_bytes(changed)
    with pytest.raises(RefusedError, match="ledger") as caught:
        ledger.verify()
    assert caught.value.hint


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(at=st.integers(0, 400), byte=st.integers(0, 255))
def test_one_changed_byte_anywhere_is_seen(tmp_path: Path, at: int, byte: int) -> None:
    path = tmp_path / "ledger"
    path.unlink(missing_ok=True)
    ledger = filled(tmp_path, 3)
    data = path.read_bytes()
    at %= len(data)
    if data[at] == byte:
        return
    path.write_bytes(data[:at] + bytes([byte]) + data[at + 1 :])
    if at == len(data) - 1:  # the last line was never finished, as after a crash: it is not there
        assert not ledger.holds(b"statement 2")
        return
    with pytest.raises(RefusedError):
        ledger.verify()


def test_what_a_crash_cut_short_is_removed_by_the_next(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    with ledger.path.open("ab") as stream:
        stream.write(b"4 0123")
    ledger.verify()
    assert ledger.append(b"after the crash") == 4
    ledger.verify()


@pytest.mark.parametrize("data", [b"nonsense\n", b"0 x y\n", b"x" * 1000])
def test_nothing_is_appended_to_a_damaged_ledger(tmp_path: Path, data: bytes) -> None:
    ledger = Ledger(tmp_path / "ledger")
    ledger.path.write_bytes(data)
    with pytest.raises(RefusedError):
        ledger.append(b"x")
    assert ledger.path.read_bytes() == data


def test_a_link_and_a_folder_are_no_ledgers(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"")
    (tmp_path / "link").symlink_to(target)
    (tmp_path / "folder").mkdir()
    for name in ("link", "folder"):
        ledger = Ledger(tmp_path / name)
        for use in (lambda ledger=ledger: ledger.append(b"x"), ledger.verify, ledger.tail):
            with pytest.raises(RefusedError):
                use()
    assert target.read_bytes() == b""


def test_the_tail_is_read_without_the_rest(tmp_path: Path) -> None:
    ledger = filled(tmp_path, 9)
    tail = ledger.tail()
    assert tail is not None
    assert tail.index == 8
    data = ledger.path.read_bytes()
    ledger.path.write_bytes(b"#" + data[1:])
    assert ledger.tail() == tail


def test_a_head_is_the_root_over_the_digests_of_the_statements(tmp_path: Path) -> None:
    ledger = filled(tmp_path, 5)
    entries = [hashlib.sha256(f"statement {number}".encode()).digest() for number in range(5)]
    assert ledger.head() == Head(size=5, root=merkle.root_of(map(merkle.leaf_of, entries)).hex())
    assert Ledger(tmp_path / "none").head() == Head(size=0, root=merkle.EMPTY.hex())


def test_a_statement_has_a_proof_that_no_other_fits(tmp_path: Path) -> None:
    ledger = filled(tmp_path, 5)
    root = bytes.fromhex(ledger.head().root)
    for number in range(5):
        assert ledger.prove(number).verify(hashlib.sha256(f"statement {number}".encode()).digest(), root)
        assert not ledger.prove(number).verify(hashlib.sha256(b"another").digest(), root)


@pytest.mark.parametrize("index", [-1, 5])
def test_what_is_not_in_the_ledger_has_no_proof(tmp_path: Path, index: int) -> None:
    with pytest.raises(RefusedError, match=f"no statement {index}"):
        filled(tmp_path, 5).prove(index)


def test_a_ledger_grew_from_each_of_its_heads(tmp_path: Path) -> None:
    ledger, heads = Ledger(tmp_path / "ledger"), []
    for number in range(6):
        heads.append(ledger.head())
        ledger.append(f"statement {number}".encode())
    assert all(ledger.grew_from(head) for head in heads)


def test_a_head_shows_a_cut_tail_and_a_ledger_that_was_written_anew(tmp_path: Path) -> None:
    ledger = filled(tmp_path, 5)
    head = ledger.head()
    rows = ledger.path.read_bytes().splitlines(keepends=True)
    ledger.path.write_bytes(b"".join(rows[:-1]))
    ledger.verify()  # by itself it looks whole
    assert not ledger.grew_from(head)
    ledger.append(b"another end")
    ledger.verify()
    assert not ledger.grew_from(head)

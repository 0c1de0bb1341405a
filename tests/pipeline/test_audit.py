"""`codex.audit`: every record and the ledger, and a head that was committed shows what the ledger lost."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lab import CLEAN, Lab
from proposer import audit
from proposer.provenance import heads
from proposer.provenance.ledger import Ledger


@pytest.fixture
def kept(lab: Lab) -> Lab:
    """Three records, and the head of their ledger committed."""
    for number in range(3):
        lab.write("note.txt", f"{number}\n")
        lab.commit()
        lab.review(CLEAN)
    lab.write(heads.PATH, heads.anchored("", Ledger(lab.root / ".proposer/ledger")))
    lab.commit("Anchor the ledger")
    return lab


def runs(lab: Lab) -> list[Path]:
    return sorted((lab.root / ".proposer/runs").iterdir())


def rows(lab: Lab) -> list[bytes]:
    return (lab.root / ".proposer/ledger").read_bytes().splitlines(keepends=True)


def relist(lab: Lab, lines: list[bytes]) -> None:
    (lab.root / ".proposer/ledger").write_bytes(b"".join(lines))


def other_clone(lab: Lab) -> None:
    (lab.root / ".proposer/ledger").unlink()
    Ledger(lab.root / ".proposer/ledger").append(b"of another clone")


def grown(lab: Lab) -> None:
    """Cut the tail, and let as many lines follow."""
    relist(lab, rows(lab)[:2])
    Ledger(lab.root / ".proposer/ledger").append(b"another end")


TAMPERING: dict[str, tuple[Callable[[Lab], object], str]] = {
    "a file": (lambda lab: (runs(lab)[1] / "answer.md").write_text("x"), "answer.md was changed"),
    "a link": (lambda lab: (runs(lab)[1] / "more").symlink_to("/etc/passwd"), "more is not a regular file"),
    "a document": (lambda lab: (runs(lab)[1] / "record.json").write_text("{}"), "record.json is not the one"),
    "a statement": (lambda lab: (runs(lab)[1] / "statement.json").write_text("{}"), "is not in the ledger"),
    "a statement removed": (lambda lab: (runs(lab)[1] / "statement.json").unlink(), "statement.json is missing"),
    "a line": (lambda lab: relist(lab, [rows(lab)[0], b"1 " + b"0" * 129 + b"\n"]), "line 2 of the ledger"),
    "lines exchanged": (lambda lab: relist(lab, rows(lab)[::-1]), "broken at line 1"),
    "a tail cut off": (lambda lab: relist(lab, rows(lab)[:2]), "ledger.head of HEAD says it had"),
    "a tail written anew": (grown, "ledger.head of HEAD says it had"),
    "a head removed": (lambda lab: (lab.root / heads.PATH).write_text("x\n"), "no head of a ledger"),
}


@pytest.mark.parametrize(("tamper", "named"), TAMPERING.values(), ids=TAMPERING)
def test_what_was_changed_is_named(kept: Lab, tamper: Callable[[Lab], object], named: str) -> None:
    assert audit.examine(kept.root).exit_code == 0
    tamper(kept)
    done = kept.inv("codex.audit", "--verify", "--json")
    assert done.returncode == 7
    found = json.loads(done.stdout)
    said = [*found["problems"], *(problem for row in found["damaged"] for problem in row["problems"])]
    assert any(named in problem for problem in said), said


def test_an_audit_says_what_there_is(kept: Lab) -> None:
    done = kept.inv("codex.audit", "--verify")
    assert done.returncode == 0, done.stderr
    head = Ledger(kept.root / ".proposer/ledger").head()
    assert f"ledger: 3 statements, root {head.root}" in done.stdout
    assert "records: 3 here, 0 of them damaged, 0 pruned, 0 gone" in done.stdout
    assert "committed heads: 1 of this ledger, 0 of other clones' ledgers" in done.stdout


def test_a_record_that_is_gone_is_counted(kept: Lab) -> None:
    shutil.rmtree(runs(kept)[0])
    found = audit.examine(kept.root)
    assert (len(found.rows), found.gone, found.exit_code) == (2, 1, 0)


def test_without_verify_record_and_statement_are_looked_at_and_nothing_is_refused(kept: Lab) -> None:
    (runs(kept)[0] / "answer.md").write_text("x")
    (runs(kept)[1] / "record.json").write_text("{}")
    (runs(kept)[2] / "statement.json").write_text("{}")
    done = kept.inv("codex.audit")
    assert done.returncode == 0
    assert "every file is read by: --verify" in done.stdout
    for told in ("record.json cannot be read", "statement.json is not in the ledger", "3 here, 2 of them damaged"):
        assert told in done.stdout
    assert "answer.md" not in done.stdout
    assert "answer.md was changed" in kept.inv("codex.audit", "--verify").stdout


def test_a_head_of_another_clone_is_no_fault_of_this_ledger(kept: Lab) -> None:
    shutil.rmtree(kept.root / ".proposer/runs")
    other_clone(kept)
    found = audit.examine(kept.root)
    assert (found.problems, found.anchors) == ((), (0, 1))

"""`codex.audit`: every record and the ledger, and a head that was committed shows what the ledger lost."""

import json
import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lab import CLEAN, Lab
from proposer import audit, custody
from proposer.errors import RefusedError, UsageError
from proposer.provenance import anchors, heads, record, signed_head, signing
from proposer.provenance.ledger import Head, Ledger


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


NOW = datetime(2026, 1, 2, tzinfo=UTC)


def key(lab: Lab) -> dict[str, str]:
    return {"HOME": str(lab.home)}


def sign_head(lab: Lab) -> str:
    """Sign the head, commit it, and return where it is."""
    _, path = audit.sign_head(lab.root, key(lab), NOW)
    lab.commit("Sign the head")
    return path


def old_head(lab: Lab) -> None:
    """Cut the ledger, and commit the head that it had then: no file says any more that there was a third statement."""
    relist(lab, rows(lab)[:2])
    lab.write(heads.PATH, heads.anchored("", Ledger(lab.root / ".proposer/ledger")))
    lab.commit("An older head")


def signed_alone(lab: Lab) -> None:
    """Leave the signed head as the only one that was ever committed, and cut the ledger."""
    path = sign_head(lab)
    data = (lab.root / path).read_bytes()
    (lab.root / heads.PATH).unlink()
    lab.git("checkout", "-q", "--orphan", "anew")
    lab.write(path, data)
    lab.commit("Only the signed head")
    relist(lab, rows(lab)[:2])


def digit_of_signed(lab: Lab) -> None:
    path = lab.root / sign_head(lab)
    value = json.loads(path.read_text(encoding="utf-8"))
    sig = value["signatures"][0]["sig"]
    value["signatures"][0]["sig"] = ("B" if sig[0] != "B" else "C") + sig[1:]
    path.write_bytes(json.dumps(value, separators=(",", ":"), sort_keys=True).encode())


def misplaced(lab: Lab) -> None:
    path = lab.root / sign_head(lab)
    path.rename(path.with_name(f"ledger-{'0' * 16}.head.dsse.json"))


def signed_lie(lab: Lab) -> None:
    """Sign, with the right key, a root that the ledger never had."""
    anchor = heads.of(Ledger(lab.root / ".proposer/ledger"))
    assert anchor is not None
    lie = heads.Anchor(origin=anchor.origin, head=Head(size=2, root="0" * 64))
    lab.write(anchors.signed_path(anchor.origin), signed_head.sign(lie, NOW, signing.signer(key(lab))))


def of_other_clone(lab: Lab) -> None:
    """Commit another clone's head, and take one digit of it back in the working tree."""
    path = lab.root / heads.PATH
    text = path.read_text(encoding="ascii") + f"{'f' * 64} 12 {'a' * 64}\n"
    path.write_text(text, encoding="ascii")
    lab.commit("A head of another clone")
    path.write_text(text.replace(" 12 ", " 11 "), encoding="ascii")


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
    "an old head committed anew": (old_head, "ledger.head of commit"),
    "a tail cut off that only a signed head knows": (signed_alone, ".head.dsse.json of HEAD says it had"),
    "a digit of a signed head": (digit_of_signed, "a signature does not fit"),
    "a signed head in the place of another": (misplaced, "it is the head of another ledger"),
    "a signed head that is not true": (signed_lie, ".head.dsse.json in the working tree says it had"),
    "an old head of another clone": (of_other_clone, "lacks a head that it has in HEAD"),
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
    assert (found.problems, found.anchors.ours, found.anchors.others) == ((), 0, 1)


def test_a_signed_head_says_who_signed_how_much(kept: Lab) -> None:
    done = kept.inv("codex.audit", "--sign-head", "--json")
    assert done.returncode == 0, done.stderr
    [row] = json.loads(done.stdout)["signed"]
    [path] = (kept.root / "provenance").glob("ledger-*.head.dsse.json")
    assert f"commit provenance/ledger.head and provenance/{path.name}" in done.stderr
    said, keys = signed_head.read(path.read_bytes())
    assert (row["size"], [row["key"]]) == (3, [*keys])
    assert said.head == Ledger(kept.root / ".proposer/ledger").head()
    kept.commit("Sign the head")
    kept.write("note.txt", "more\n")
    kept.commit()
    kept.review(CLEAN)
    done = kept.inv("codex.audit", "--verify")
    assert done.returncode == 0, done.stderr
    assert f"its first 3 statements were signed by {row['key']}" in done.stdout


def test_no_head_is_signed_of_a_ledger_that_lost_something(kept: Lab) -> None:
    relist(kept, rows(kept)[:2])
    before = (kept.root / heads.PATH).read_bytes()
    done = kept.inv("codex.audit", "--sign-head")
    assert (done.returncode, "the ledger lost what" in done.stderr) == (7, True)
    relist(kept, [rows(kept)[0], b"1 " + b"0" * 129 + b"\n"])
    with pytest.raises(RefusedError, match="line 2"):
        audit.sign_head(kept.root, key(kept), NOW)
    (kept.root / ".proposer/ledger").unlink()
    with pytest.raises(UsageError, match="empty"):
        audit.sign_head(kept.root, key(kept), NOW)
    assert (kept.root / heads.PATH).read_bytes() == before
    assert not [*(kept.root / "provenance").glob("*.dsse.json")]


def test_a_head_that_was_no_head_once_and_was_mended_is_no_fault(kept: Lab) -> None:
    text = (kept.root / heads.PATH).read_text(encoding="ascii")
    kept.write(heads.PATH, "<<<<<<< conflict\n")
    kept.commit("A conflict")
    assert audit.examine(kept.root).exit_code == 7
    kept.write(heads.PATH, text)
    kept.commit("Mended")
    assert audit.examine(kept.root).exit_code == 0


def test_what_a_branch_that_was_merged_says_counts_too(kept: Lab) -> None:
    """An older head wins a merge, the ledger is cut to it: the branch that lost the merge still tells."""
    newest = (kept.root / heads.PATH).read_bytes()
    lines = rows(kept)
    kept.git("checkout", "-q", "-b", "older", "HEAD~1")
    relist(kept, lines[:2])
    kept.write(heads.PATH, heads.anchored("", Ledger(kept.root / ".proposer/ledger")))
    kept.commit("An older head")
    kept.git("merge", "-q", "-s", "ours", "-m", "Keep the older one", "main")
    assert (kept.root / heads.PATH).read_bytes() != newest
    found = audit.examine(kept.root, files=False)
    assert any("ledger.head of commit" in problem for problem in found.problems), found.problems


def mutations(data: bytes, draw: random.Random) -> dict[str, bytes]:
    """Return what one hand can do to bytes."""
    found = {"a byte added": data + b" ", "a line added": data + b"\n", "emptied": b""}
    if data:
        at = draw.randrange(len(data))
        found["a byte changed"] = data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]
        found["a byte removed"] = data[:at] + data[at + 1 :]
        found["cut"] = data[:at]
    if digits := [at for at, byte in enumerate(data) if 48 <= byte <= 57]:
        at = draw.choice(digits)
        found["a digit changed"] = data[:at] + bytes([48 + (data[at] - 47) % 10]) + data[at + 1 :]
    return {name: after for name, after in found.items() if after != data}


def test_every_change_to_any_file_is_seen(kept: Lab) -> None:
    draw = random.Random(7)  # noqa: S311 - where to change something, no secret
    place = runs(kept)[1]
    custody.sign(kept.root, place.name, key(kept))
    signed = kept.root / sign_head(kept)
    files = [*sorted(place.iterdir()), kept.root / ".proposer/ledger", signed, kept.root / heads.PATH]
    assert {record.RECORD, record.STATEMENT, record.ENVELOPE, "log.json", "answer.json"} <= {
        path.name for path in files
    }
    assert audit.examine(kept.root).exit_code == 0
    unseen = list[tuple[str, str]]()
    for path in files:
        data = path.read_bytes()
        for name, after in mutations(data, draw).items():
            path.write_bytes(after)
            if audit.examine(kept.root).exit_code == 0:
                unseen.append((path.name, name))
        path.write_bytes(data)
    # A line without its end is what a crash leaves: it was never acknowledged, and the next append removes it.
    assert unseen == [("ledger", "a byte added")]
    assert audit.examine(kept.root).exit_code == 0


def test_files_and_records_that_change_places_are_seen(kept: Lab) -> None:
    first, second, third = runs(kept)
    for name in (record.RECORD, record.STATEMENT, "log.json", "prompt.md"):
        one, two = (first / name).read_bytes(), (second / name).read_bytes()
        assert one != two
        (first / name).write_bytes(two)
        (second / name).write_bytes(one)
        assert {row.run for row in audit.examine(kept.root).damaged} == {first.name, second.name}, name
        (first / name).write_bytes(one)
        (second / name).write_bytes(two)
    for name in (record.STATEMENT, "log.json"):
        data = (third / name).read_bytes()
        (third / name).unlink()
        assert {row.run for row in audit.examine(kept.root).damaged} == {third.name}
        (third / name).write_bytes(data)
    aside = kept.scratch / "aside"
    first.rename(aside)
    second.rename(first)
    aside.rename(second)
    assert {row.run for row in audit.examine(kept.root).damaged} == {first.name, second.name}

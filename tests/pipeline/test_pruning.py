"""Pruning: payloads go, statements and counts stay, and what was removed can be proved."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lab import CLEAN, Lab
from proposer import audit, custody, digests, pruning
from proposer.archive import totals
from proposer.provenance import record
from proposer.provenance.ledger import Ledger
from proposer.provenance.pruned import Pruned

LATER = datetime(2999, 1, 1, tzinfo=UTC)


@pytest.fixture
def kept(lab: Lab) -> Lab:
    """Three records, the first of them signed."""
    for number in range(3):
        lab.write("note.txt", f"{number}\n")
        lab.commit()
        lab.review(CLEAN)
    custody.sign(lab.root, runs(lab)[0].name, {"HOME": str(lab.home)})
    return lab


def runs(lab: Lab) -> list[Path]:
    return sorted((lab.root / ".proposer/runs").iterdir())


def prune(lab: Lab, *, dry: bool = False) -> pruning.Pruning:
    return pruning.prune(lab.root, days=1, now=LATER, by="workstation", dry=dry, on_step=lambda _: None)


def files(lab: Lab) -> set[str]:
    return {path.name for path in (lab.root / ".proposer/pruned").iterdir()}


def test_payloads_go_and_statements_counts_and_proofs_stay(kept: Lab) -> None:
    names, before = [place.name for place in runs(kept)], totals.totals(kept.root)
    statements = {place.name: (place / record.STATEMENT).read_bytes() for place in runs(kept)}
    assert (len(prune(kept, dry=True).runs), len(runs(kept))) == (3, 3)
    made = prune(kept)
    assert (list(made.runs), runs(kept), made.left) == (names, [], ())
    pruned = Pruned(kept.root / ".proposer")
    ledger = Ledger(kept.root / ".proposer/ledger")
    places = {line.leaf: line.index for line in ledger.lines()}
    for run, data in statements.items():
        assert pruned.statement(run).read_bytes() == data
        index = places[digests.of_bytes(data)]
        assert ledger.prove(index).verify(bytes.fromhex(digests.of_bytes(data)))
    assert pruned.envelope(names[0]).is_file()
    assert len(files(kept)) == 5
    after = totals.totals(kept.root)
    assert (after.runs, after.tokens, after.buckets, after.unaccounted) == (
        before.runs, before.tokens, before.buckets, 0,
    )  # fmt: skip
    found = audit.examine(kept.root)
    assert (found.pruned, found.gone, found.exit_code) == (3, 0, 0)
    listed = json.loads(kept.inv("codex.runs", "--json").stdout)
    assert [row["record"] for row in listed["runs"]] == ["pruned"] * 3


def test_a_pruned_run_is_told_as_one_everywhere(kept: Lab) -> None:
    name, other = runs(kept)[0].name, runs(kept)[1].name
    prune(kept)
    done = kept.inv("codex.provenance", name, "--verify")
    assert (done.returncode, "its files were pruned" in done.stdout) == (0, True), done.stderr
    for argv in (("codex.show", name), ("codex.replay", name), ("codex.diff", name, other), ("codex.apply", name)):
        done = kept.inv(*argv)
        assert (done.returncode, f"the record of run {name} was pruned" in done.stderr) == (2, True), done.stderr
    report = kept.inv("codex.report", "--out", str(kept.scratch / "report.html"))
    assert report.returncode == 0, report.stderr


def test_young_records_and_damaged_ones_stay(kept: Lab) -> None:
    (runs(kept)[1] / "answer.md").write_text("x", encoding="utf-8")
    young = pruning.prune(kept.root, days=1, now=datetime.now(UTC), by="ci", on_step=lambda _: None)
    assert (young.runs, len(runs(kept))) == ((), 3)
    made = prune(kept)
    assert [run for run, _ in made.left] == [place.name for place in runs(kept)]
    assert made.left[0][1] == "answer.md was changed"
    assert audit.examine(kept.root).exit_code == 7


@pytest.mark.parametrize("stop", [1, 2, 3, 4, 5, 6, 7])
def test_what_was_interrupted_is_gone_on_with(kept: Lab, monkeypatch: pytest.MonkeyPatch, stop: int) -> None:
    put, rename, calls = Pruned.put, Path.rename, []

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object) -> object:
            calls.append(1)
            if len(calls) == stop:
                raise KeyboardInterrupt
            return real(*given)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(Pruned, "put", counted(put))
        patch.setattr(Path, "rename", counted(rename))
        with pytest.raises(KeyboardInterrupt):
            prune(kept)
    assert audit.examine(kept.root).exit_code == 0
    prune(kept)
    found = audit.examine(kept.root)
    assert (runs(kept), found.pruned, found.gone, found.exit_code) == ([], 3, 0, 0)
    assert not [name for name in files(kept) if name.startswith("removed-")]


def swapped(lab: Lab) -> None:
    first, second, *_ = sorted(path for path in (lab.root / ".proposer/pruned").glob("*.statement.json"))
    data = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(data)


def edit(lab: Lab, pattern: str) -> None:
    path = next((lab.root / ".proposer/pruned").glob(pattern))
    path.write_bytes(path.read_bytes().replace(b"1", b"2"))


TAMPERING: dict[str, tuple[Callable[[Lab], object], str]] = {
    "a statement": (lambda lab: edit(lab, "*.statement.json"), "statement.json is not in the ledger"),
    "two statements exchanged": (swapped, "no tombstone says"),
    "a tombstone": (lambda lab: edit(lab, "*.tombstone.json"), "tombstone.json"),
    "a tombstone removed": (
        lambda lab: next((lab.root / ".proposer/pruned").glob("*.tombstone.json")).unlink(), "no tombstone says"
    ),
    "nonsense": (
        lambda lab: next((lab.root / ".proposer/pruned").glob("*.tombstone.json")).write_text("{}"), "cannot be read"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tamper", "named"), TAMPERING.values(), ids=TAMPERING)
def test_what_is_changed_of_what_is_left_is_named(kept: Lab, tamper: Callable[[Lab], object], named: str) -> None:
    prune(kept)
    tamper(kept)
    found = audit.examine(kept.root)
    assert found.exit_code == 7
    assert any(named in problem for problem in found.problems), found.problems


def test_a_record_that_vanished_without_a_word_is_no_pruned_one(kept: Lab) -> None:
    totals.totals(kept.root)  # the index has seen it
    shutil.rmtree(runs(kept)[0])
    found = audit.examine(kept.root)
    assert (found.pruned, found.gone) == (0, 1)
    [row] = [row for row in json.loads(kept.inv("codex.runs", "--json").stdout)["runs"] if row["record"] != "here"]
    assert row["record"] == "gone"


def test_a_run_of_this_very_second_is_as_old_as_no_days(lab: Lab) -> None:
    lab.review(CLEAN)
    begun = datetime.strptime(runs(lab)[0].name[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    for late, count in ((0, 1), (-1, 0)):
        now = begun + timedelta(seconds=late)
        made = pruning.prune(lab.root, days=0, now=now, by="ci", dry=True, on_step=lambda _: None)
        assert len(made.runs) == count


def test_the_task_prunes_what_is_old_and_says_so(kept: Lab) -> None:
    done = kept.inv("codex.audit", "--prune", "--days", "0", "--dry-run", "--json")
    assert (done.returncode, len(json.loads(done.stdout)["pruned"]), len(runs(kept))) == (0, 3, 3), done.stderr
    assert kept.inv("codex.audit", "--prune").stdout == "0 records were pruned, 0.0 MB; their statements stay\n"
    assert kept.inv("codex.audit", "--prune", "--days", "-1").returncode == 2
    assert kept.inv("codex.audit", "--prune", "--days", "0").returncode == 0
    assert runs(kept) == []
    assert "3 pruned, 0 gone" in kept.inv("codex.audit", "--verify").stdout

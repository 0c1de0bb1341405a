"""Records of other clones: whatever the folder is called, held against all that this repository knows of the run."""

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lab import CLEAN, Lab
from proposer import custody, digests, incident, pruning
from proposer.invocation import home
from proposer.provenance import abroad, heads, policy, proofs, record, signing, statement
from proposer.provenance.ledger import Ledger
from proposer.provenance.policy import VerificationPolicy
from proposer.provenance.pruned import Pruned
from proposer.proving.canary import rot13

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)  # the keys of these tests are files


@pytest.fixture
def made(lab: Lab) -> tuple[Lab, Path]:
    """Give a repository and its one record, which is signed."""
    lab.review(CLEAN)
    [place] = (lab.root / ".proposer/runs").iterdir()
    assert custody.sign(lab.root, place.name, {"HOME": str(lab.home)}).verified
    return lab, place


@pytest.fixture
def sent(made: tuple[Lab, Path], tmp_path: Path) -> tuple[Path, Path]:
    """Give another clone, and the record as it came there, below a name of the receiver's choice."""
    lab, place = made
    lab.git("clone", "-q", str(lab.root), str(tmp_path / "clone"))
    shutil.copytree(place, tmp_path / "mail" / "record")
    return tmp_path / "clone", tmp_path / "mail" / "record"


def test_a_copy_may_have_any_name_but_that_of_another_run(sent: tuple[Path, Path], made: tuple[Lab, Path]) -> None:
    clone, copy = sent
    found = custody.verify(clone, str(copy))
    assert (found.verified, found.run) == (True, made[1].name)
    other = copy.rename(copy.with_name("20260102T030405Z-0123abcd"))
    assert custody.verify(clone, str(other)).problems == (f"statement.json belongs to run {made[1].name}",)


def test_a_copy_is_named_by_any_path(sent: tuple[Path, Path], made: tuple[Lab, Path]) -> None:
    clone, copy = sent
    shutil.copytree(copy, clone / "here")
    for run in ("here", "./here", "here/", "../clone/here"):
        assert custody.verify(clone, run).verified, run
    assert custody.verify(clone / "here", ".").verified
    assert custody.verify(made[0].root, str(made[1])).notes == ()  # that is its own: the ledger was asked


@pytest.mark.parametrize("name", [record.RECORD, record.STATEMENT, "answer.json", "events.jsonl"])
def test_a_file_that_was_left_out_is_named(sent: tuple[Path, Path], name: str) -> None:
    clone, copy = sent
    (copy / name).unlink()
    found = custody.verify(clone, str(copy))
    assert (found.exit_code, found.problems) == (7, (f"{name} is missing",))


def test_without_its_envelope_a_record_is_refused_where_a_signature_is_asked_for(sent: tuple[Path, Path]) -> None:
    clone, copy = sent
    [key] = custody.verify(clone, str(copy)).signed_by
    asked = VerificationPolicy.model_validate({"signature": "required", "signers": [{"name": "ada", "key": key}]})
    assert custody.verify(clone, str(copy), policy=asked, now=NOW).verified
    (copy / record.ENVELOPE).unlink()
    assert custody.verify(clone, str(copy)).verified
    assert custody.verify(clone, str(copy), policy=asked, now=NOW).problems == (
        "it is not signed by anybody whom the policy names",
    )


def forged(copy: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Rewrite the statement of an unsigned record, as whoever sends one can."""
    value = json.loads((copy / record.STATEMENT).read_bytes())
    change(value)
    (copy / record.STATEMENT).write_bytes(digests.canonical(value))
    (copy / record.ENVELOPE).unlink(missing_ok=True)


def details(value: dict[str, Any]) -> Any:
    return value["predicate"]["runDetails"]


def base(value: dict[str, Any]) -> Any:
    return value["predicate"]["buildDefinition"]["resolvedDependencies"][0]["digest"]


FORGED: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no subject": (lambda value: value.update(subject=[]), "its subject is empty"),
    "another subject": (
        lambda value: value["subject"][0]["digest"].update(sha256="0" * 64),
        "names another answer.json than the record",
    ),
    "a subject more": (lambda value: value["subject"].append(details(value)["byproducts"].pop()), "the subject of"),
    "a file that is not named": (
        lambda value: details(value)["byproducts"].pop(),
        "the statement does not name stderr.log",
    ),
    "a file twice": (
        lambda value: details(value)["byproducts"].append(details(value)["byproducts"][-1]),
        "the statement names stderr.log twice",
    ),
    "an unknown external parameter": (
        lambda value: value["predicate"]["buildDefinition"]["externalParameters"].update(more="x"),
        "unknown external parameter",
    ),
    "a time that is none": (lambda value: details(value)["metadata"].update(finishedOn="soon"), "no time with a zone"),
    "a time without a zone": (
        lambda value: details(value)["metadata"].update(finishedOn="2026-01-01T00:00:00"),
        "no time with a zone",
    ),
    "a time before all times": (
        lambda value: details(value)["metadata"].update(finishedOn="0001-01-01T00:00:00+14:00"),
        "no time with a zone",
    ),
    "a commit that is none": (lambda value: base(value).update(gitCommit="0" * 200_000), "is no commit"),
    "no run": (lambda value: details(value)["metadata"].update(invocationId="../x"), "names no run"),
}


@pytest.mark.parametrize(("change", "words"), FORGED.values(), ids=FORGED)
def test_a_statement_that_was_made_up_is_refused(
    sent: tuple[Path, Path], change: Callable[[dict[str, Any]], object], words: str
) -> None:
    clone, copy = sent
    forged(copy, change)
    found = custody.verify(clone, str(copy), policy=VerificationPolicy(), now=NOW)
    assert any(words in problem for problem in found.problems), found.problems


def test_without_the_comparison_a_made_up_subject_would_pass(
    sent: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    clone, copy = sent
    forged(copy, FORGED["another subject"][0])
    monkeypatch.setattr(statement, "strayed", lambda *_: iter(()))
    assert custody.verify(clone, str(copy)).verified


def test_another_statement_of_the_run_than_the_committed_one_is_refused(
    sent: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, made: tuple[Lab, Path]
) -> None:
    clone, copy = sent
    text = (copy / record.STATEMENT).read_bytes()
    for data, verified in ((text, True), (text + b" ", False)):
        path = clone / "provenance" / f"{made[1].name}.statement.json"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        made[0].git("-C", str(clone), "add", "-A")
        made[0].git("-C", str(clone), "commit", "-q", "-m", "Apply")
        assert custody.verify(clone, str(copy)).verified is verified
    monkeypatch.setattr(abroad, "_committed", lambda *_: None)
    assert custody.verify(clone, str(copy)).verified


@pytest.fixture
def proved(sent: tuple[Path, Path], made: tuple[Lab, Path]) -> tuple[Path, Path]:
    """Give the other clone and the record of a bundle, with its proof beside it."""
    lab, place = made
    Ledger(lab.root / ".proposer/ledger").append(b"another")
    bundle = incident.bundle(lab.root, place.name)
    shutil.rmtree(sent[1])
    with zipfile.ZipFile(bundle.path) as archive:
        archive.extractall(sent[1].parent)
    return sent


def test_a_proof_counts_where_its_head_was_committed(proved: tuple[Path, Path], made: tuple[Lab, Path]) -> None:
    clone, copy = proved
    where = "statement 1 of 2 in the ledger of another clone"
    [alone] = custody.verify(clone, str(copy)).notes
    assert alone.startswith(f"by its proof it is {where}; no head of that size and root was committed here")
    anchor = heads.anchored("", Ledger(made[0].root / ".proposer/ledger"))
    (clone / heads.PATH).parent.mkdir(exist_ok=True)
    (clone / heads.PATH).write_text(anchor, encoding="ascii")
    made[0].git("-C", str(clone), "add", "-A")
    assert custody.verify(clone, str(copy)).notes == (alone,)  # not before it is committed
    made[0].git("-C", str(clone), "commit", "-q", "-m", "Anchor")
    assert custody.verify(clone, str(copy)).notes == (f"it is {where}, whose head was committed here",)


def turned(text: str) -> str:
    return ("0" if text[0] != "0" else "1") + text[1:]


PROOFS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another statement": (lambda value: value.update(statement="sha256:" + "0" * 64), "of another statement"),
    "another place": (lambda value: value.update(index=1), "does not lead to its root"),
    "a place beyond": (lambda value: value.update(index=2), "does not lead to its root"),
    "another size": (lambda value: value.update(size=5), "does not lead to its root"),
    "another leaf": (lambda value: value.update(leaf=turned(value["leaf"])), "does not lead to its root"),
    "another root": (lambda value: value.update(root=turned(value["root"])), "does not lead to its root"),
    "another step": (lambda value: value.update(path=[turned(value["path"][0])]), "does not lead to its root"),
    "a step less": (lambda value: value.update(path=[]), "does not lead to its root"),
    "a step more": (lambda value: value["path"].append("0" * 64), "does not lead to its root"),
    "a member more": (lambda value: value.update(more=1), "cannot be read"),
    "a number as text": (lambda value: value.update(size="2"), "cannot be read"),
}


@pytest.mark.parametrize(("change", "words"), PROOFS.values(), ids=PROOFS)
def test_a_proof_that_proves_nothing_is_refused(
    proved: tuple[Path, Path], change: Callable[[dict[str, Any]], object], words: str
) -> None:
    clone, copy = proved
    path = copy.parent / proofs.FILE
    value = json.loads(path.read_bytes())
    change(value)
    path.write_text(json.dumps(value), encoding="ascii")
    [problem] = custody.verify(clone, str(copy)).problems
    assert problem.endswith(words)


def test_a_policy_holds_for_a_pruned_run_too(made: tuple[Lab, Path]) -> None:
    lab, place = made
    key = custody.verify(lab.root, place.name).signed_by
    pruning.prune(lab.root, days=1, now=datetime(2999, 1, 1, tzinfo=UTC), by="workstation", dry=False,
                  on_step=lambda _: None)  # fmt: skip
    assert not place.exists()
    found = custody.verify(lab.root, place.name, policy=VerificationPolicy(), now=NOW)
    assert (found.verified, found.signed_by) == (True, key)
    asked = VerificationPolicy(builders=("github-actions",), signature="required")
    found = custody.verify(lab.root, place.name, policy=asked, now=NOW)
    assert len(found.problems) == 2
    path = Pruned(lab.root / ".proposer").envelope(place.name)
    path.write_bytes(path.read_bytes() + b"\n")
    assert custody.verify(lab.root, place.name).problems[0].startswith("statement.dsse.json: ")


def test_without_its_rule_an_old_run_and_one_of_tomorrow_pass(
    made: tuple[Lab, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, place = made
    asked = VerificationPolicy(max_age_days=1)
    times = (datetime(2999, 1, 1, tzinfo=UTC), datetime(2001, 1, 1, tzinfo=UTC))
    assert not any(custody.verify(lab.root, place.name, policy=asked, now=now).verified for now in times)
    for now in times:
        monkeypatch.setattr(policy, "_time", lambda _, now=now: now)
        assert custody.verify(lab.root, place.name, policy=asked, now=now).verified


def test_a_key_in_the_repository_is_not_made(made: tuple[Lab, Path], tmp_path: Path) -> None:
    lab, place = made
    for place_of_it in ({"HOME": str(lab.root)}, {"XDG_CONFIG_HOME": str(lab.root / "deep")}):
        for option in (["--sign"], ["--public-key", str(tmp_path / "ada.pem")]):
            done = lab.inv("codex.provenance", place.name, *option, **place_of_it)
            assert (done.returncode, "in the repository" in done.stderr) == (2, True)
    assert not [*lab.root.rglob("signing.pem")]


@pytest.mark.sandbox
@pytest.mark.parametrize("opened", [False, True], ids=["as it is", "with the folder allowed"])
def test_no_command_of_the_model_reads_the_key_wherever_it_lies(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: bool
) -> None:
    place = {"HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": str(tmp_path / "settings")}
    signing.signer(place)
    path = signing.Place(place).path
    told = home._filesystem  # noqa: SLF001 - the table of the permission profile
    if opened:  # the way to see that the attempt would succeed
        monkeypatch.setattr(home, "_filesystem", lambda *given: told(*given) | {str(path.parent): "read"})
    loot = f"cat {path} | tr A-Za-z N-ZA-Mn-za-m"  # so that what is seen is not masked in the record
    summary = lab.review({"shell": loot}, CLEAN, environment=place)
    secret = rot13(path.read_text(encoding="ascii").splitlines()[1])
    assert (secret in lab.outputs(summary)) is opened


def test_the_public_key_goes_into_a_policy_as_it_was_written(made: tuple[Lab, Path], tmp_path: Path) -> None:
    lab, place = made
    pem = tmp_path / "ada.pem"
    done = lab.inv("codex.provenance", place.name, "--public-key", str(pem))
    assert (done.returncode, pem.read_text().splitlines()[0]) == (0, "-----BEGIN PUBLIC KEY-----")
    rules = tmp_path / "policy.toml"
    for key, code in ((pem.read_text(), 0), (elliptic(), 2), ("-----BEGIN PUBLIC KEY-----\nAAAA", 2)):
        rules.write_text(
            f'signature = "required"\n[[signers]]\nname = "ada"\nkey = """\n{key}"""\n', encoding="utf-8"
        )  # fmt: skip
        assert lab.inv("codex.provenance", place.name, "--policy", str(rules)).returncode == code
    assert lab.inv("codex.provenance", place.name, "--public-key", str(tmp_path / "no" / "x")).returncode == 2


def elliptic() -> str:
    argv = ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
    private = subprocess.run(argv, capture_output=True, check=True).stdout
    return subprocess.run(
        ["openssl", "pkey", "-pubout"], input=private, capture_output=True, check=True
    ).stdout.decode()

"""Signed records: verified elsewhere with nothing but the folder and a policy, and refused by name where it says no."""

import json
import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lab import CLEAN, Lab
from proposer import custody
from proposer.provenance import policy as policies
from proposer.provenance import record
from proposer.provenance.policy import VerificationPolicy

OTHER = "ed25519:" + "0" * 64


@pytest.fixture
def signed(lab: Lab) -> tuple[Lab, Path, str]:
    """Give a record that was signed here, its folder and its key."""
    lab.review(CLEAN)
    [place] = (lab.root / ".proposer/runs").iterdir()
    done = lab.inv("codex.provenance", place.name, "--sign", "--json")
    assert done.returncode == 0, done.stderr
    [key] = json.loads(done.stdout)["signed_by"]
    return lab, place, key


def elsewhere(lab: Lab, place: Path, folder: Path) -> tuple[Path, Path]:
    """Return another clone, and the record in a folder beside it."""
    lab.git("clone", "-q", str(lab.root), str(folder / "clone"))
    shutil.copytree(place, folder / "mail" / place.name)
    return folder / "clone", folder / "mail" / place.name


def lock_of(place: Path) -> str:
    document = json.loads((place / record.RECORD).read_text(encoding="utf-8"))
    return f"sha256:{document['inputs']['lock_sha256']}"


def test_a_signed_record_verifies_in_another_clone_and_home(signed: tuple[Lab, Path, str], tmp_path: Path) -> None:
    lab, place, key = signed
    clone, copy = elsewhere(lab, place, tmp_path)
    rules = tmp_path / "policy.toml"
    rules.write_text(
        f'builders = ["workstation"]\nlock = ["{lock_of(place)}"]\nmax_age_days = 1\nsignature = "required"\n'
        f'[[signers]]\nname = "ada"\nkey = "{key}"\nuntil = 2999-01-01\n', encoding="utf-8",
    )  # fmt: skip
    done = lab.inv(
        "codex.provenance", str(copy), "--policy", str(rules), "--json", cwd=clone, HOME=str(tmp_path / "home")
    )
    found = json.loads(done.stdout)
    assert (done.returncode, found["verified"], found["signed_by"]) == (0, True, [key]), found
    assert found["notes"] == ["it is of another clone, whose ledger is not here"]
    assert not (clone / ".proposer").exists()
    told = lab.inv("codex.provenance", str(copy), "--verify", cwd=clone).stdout
    assert f"signed by {key}" in told
    assert "record and statement agree" in told


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "builder": ({"builders": ["github-actions"]}, "the builder workstation is not allowed: github-actions"),
    "no builder": ({"builders": []}, "the builder workstation is not allowed: none is"),
    "lock": ({"lock": ["sha256:" + "0" * 64]}, "the lock sha256:"),
    "signer": ({"signers": [{"name": "bob", "key": OTHER}]}, "the signer ed25519:"),
    "required": ({"signature": "required", "signers": [{"name": "bob", "key": OTHER}]}, "not signed by anybody"),
    "nobody": ({"signature": "required"}, "not signed by anybody"),
    "expired": ({"signers": [{"name": "ada", "key": "KEY", "until": "2001-01-01"}]}, "the key of ada was good until"),
}


@pytest.mark.parametrize(("rules", "named"), REFUSED.values(), ids=REFUSED)
def test_a_policy_refuses_by_name(signed: tuple[Lab, Path, str], rules: dict[str, Any], named: str) -> None:
    lab, place, key = signed
    asked = VerificationPolicy.model_validate(json.loads(json.dumps(rules).replace("KEY", key)))
    found = custody.verify(lab.root, place.name, policy=asked, now=datetime.now(UTC))
    assert any(named in problem for problem in found.problems), found.problems
    assert found.exit_code == 7
    assert custody.verify(lab.root, place.name, policy=VerificationPolicy(), now=datetime.now(UTC)).verified


def test_age_counts_from_the_end_of_the_run_and_none_ends_tomorrow(signed: tuple[Lab, Path, str]) -> None:
    lab, place, _ = signed
    asked = VerificationPolicy(max_age_days=2)
    for days, fault in ((1.9, ""), (2.1, "too old"), (-1, "in the future")):
        found = custody.verify(lab.root, place.name, policy=asked, now=datetime.now(UTC) + timedelta(days=days))
        assert "".join(found.problems).find(fault) >= 0
        assert found.verified is not bool(fault)


def test_without_a_signature_a_record_verifies_unless_one_is_asked_for(lab: Lab) -> None:
    lab.review(CLEAN)
    [place] = (lab.root / ".proposer/runs").iterdir()
    assert custody.verify(lab.root, place.name).verified
    asked = VerificationPolicy(signature="required")
    assert not custody.verify(lab.root, place.name, policy=asked, now=datetime.now(UTC)).verified


def test_every_file_of_a_signed_record_is_guarded_at_any_position(
    signed: tuple[Lab, Path, str], tmp_path: Path
) -> None:
    lab, place, _ = signed
    clone, copy = elsewhere(lab, place, tmp_path)
    draw = random.Random(11)  # noqa: S311 - places to damage, no secret
    for path in sorted(copy.iterdir()):
        kept = path.read_bytes()
        spots = {0, len(kept) - 1, *(draw.randrange(len(kept)) for _ in range(4))} if kept else set[int]()
        damaged = [kept[:at] + bytes([kept[at] ^ (1 << draw.randrange(8))]) + kept[at + 1 :] for at in spots]
        digits = [at for at in range(len(kept)) if kept[at : at + 1].isdigit()]
        damaged += [kept[:at] + (b"1" if kept[at : at + 1] != b"1" else b"2") + kept[at + 1 :] for at in digits[::97]]
        for data in (*damaged, kept + b" ", kept[:-1]):
            if data != kept:
                path.write_bytes(data)
                assert not custody.verify(clone, str(copy)).verified, path.name
        path.write_bytes(kept)
    (copy / "more.txt").write_text("x")
    assert custody.verify(clone, str(copy)).problems == ("more.txt was added",)
    (copy / "more.txt").unlink()
    assert custody.verify(clone, str(copy)).verified


def test_parts_of_two_signed_records_cannot_be_exchanged(signed: tuple[Lab, Path, str]) -> None:
    lab, first, _ = signed
    lab.write("more.txt", "x\n")
    lab.commit()
    lab.review(CLEAN)
    [second] = [place for place in (lab.root / ".proposer/runs").iterdir() if place != first]
    assert custody.sign(lab.root, second.name, {"HOME": str(lab.home)}).verified
    for name in (record.RECORD, record.STATEMENT, record.ENVELOPE):
        kept = (first / name).read_bytes()
        (first / name).write_bytes((second / name).read_bytes())
        assert not custody.verify(lab.root, first.name).verified, name
        (first / name).write_bytes(kept)
    for one in (record.STATEMENT, record.ENVELOPE, record.RECORD):
        (first / one).write_bytes((second / one).read_bytes())
    assert not custody.verify(lab.root, first.name).verified


def test_a_record_of_commits_that_the_clone_lacks_says_so(signed: tuple[Lab, Path, str], tmp_path: Path) -> None:
    lab, place, _ = signed
    _, copy = elsewhere(lab, place, tmp_path)
    lab.git("init", "-q", str(tmp_path / "other"))
    found = custody.verify(tmp_path / "other", str(copy))
    assert found.verified
    assert [note for note in found.notes if "is not in this repository" in note]


def test_a_damaged_record_is_not_signed(lab: Lab) -> None:
    lab.review(CLEAN)
    [place] = (lab.root / ".proposer/runs").iterdir()
    (place / "answer.md").write_text("x")
    done = lab.inv("codex.provenance", place.name, "--sign")
    assert (done.returncode, (place / record.ENVELOPE).exists()) == (7, False)
    assert not (lab.home / ".config").exists()


POISONED = {
    "an unknown field": 'builder = ["ci"]',
    "an unknown builder": 'builders = ["anybody"]',
    "a lock that is no digest": 'lock = ["0"]',
    "an age below nothing": "max_age_days = 0",
    "an unknown signature": 'signature = "sometimes"',
    "a signer without a key": '[[signers]]\nname = "a"',
    "a key that is none": '[[signers]]\nname = "a"\nkey = "ed25519:0"',
    "an unknown field of a signer": f'[[signers]]\nname = "a"\nkey = "{OTHER}"\nsince = 2001-01-01',
    "no TOML": "builders = [",
}


@pytest.mark.parametrize("text", POISONED.values(), ids=POISONED)
def test_a_policy_that_cannot_be_meant_is_a_usage_error(
    signed: tuple[Lab, Path, str], tmp_path: Path, text: str
) -> None:
    lab, place, _ = signed
    rules = tmp_path / "policy.toml"
    rules.write_text(text, encoding="utf-8")
    assert lab.inv("codex.provenance", place.name, "--policy", str(rules)).returncode == 2


def test_without_its_rule_each_refusal_of_a_policy_is_gone(
    signed: tuple[Lab, Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, place, key = signed
    for name in ("_builder", "_lock", "_signatures"):
        monkeypatch.setattr(policies.VerificationPolicy, name, lambda *_: iter(()))
    for rules, _ in REFUSED.values():
        asked = VerificationPolicy.model_validate(json.loads(json.dumps(rules).replace("KEY", key)))
        assert custody.verify(lab.root, place.name, policy=asked, now=datetime.now(UTC)).verified

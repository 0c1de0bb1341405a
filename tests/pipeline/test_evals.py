"""Seeded-defect cases through the whole pipeline: real Codex, a scripted reviewer, and what the scores see."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab import Lab, says
from proposer.errors import ProposerError, UsageError
from proposer.proving import evaluation
from proposer.proving.scorecard import Scorecard

FEE = "def fee(amount):\n    return amount * 0.1\n"
FOUND = {
    "title": "A fee in floats", "body": "0.1 is no decimal.", "severity": "P1", "confidence": 0.9, "category": "money",
    "side": "new", "path": "fee.py", "start_line": 2, "end_line": 2, "quote": "    return amount * 0.1",
}  # fmt: skip
REMOVED = FOUND | {"side": "old", "path": "note.txt", "start_line": 1, "end_line": 1, "quote": "keep", "title": "gone"}
DEFECT = """title = "A fee"
shows = "a fee in floats"
[[expect]]
path = "fee.py"
categories = ["money"]
severity = "P1"
quote = "return amount * 0.1"
"""


def patch_of(lab: Lab, files: dict[str, str]) -> bytes:
    """Return the patch that makes these files, and leave the working tree as it was."""
    for name, text in files.items():
        lab.write(name, text)
    lab.git("add", "-A", "-N")
    patch = lab.git("diff") + "\n"
    lab.git("reset", "-q", "--hard")
    return patch.encode()


def plant(lab: Lab, name: str, case: str, files: dict[str, str], *turns: Any) -> None:
    """Write a case into the repository."""
    patch = patch_of(lab, files)
    lab.write(f"evals/{name}/case.toml", case)
    lab.write(f"evals/{name}/change.patch", patch)
    document = {"schema": "proposer/rehearsal/v1", "turns": list(turns)}
    lab.write(f"evals/{name}/script.json", json.dumps(document))


@pytest.fixture
def evals(lab: Lab) -> Lab:
    """A repository with one defect and one clean change."""
    plant(lab, "float", DEFECT, {"fee.py": FEE}, says("request_changes", FOUND))
    lab.commit()
    clean = 'title = "A note"\nshows = "nothing"\nclean = true\n'
    plant(lab, "quiet", clean, {"note.txt": "keep\na = 1\nb = 2\n"}, says("approve"))
    lab.commit()
    return lab


def answer(lab: Lab, name: str, *turns: Any) -> None:
    document = {"schema": "proposer/rehearsal/v1", "turns": list(turns)}
    lab.write(f"evals/{name}/script.json", json.dumps(document))


def evaluate(lab: Lab, **more: Any) -> Scorecard:
    return evaluation.evaluate(lab.root, environment={}, on_step=lab.steps.append, **{"provider": "rehearsal"} | more)


def numbers(card: Scorecard) -> tuple[Any, ...]:
    document = card.document()
    return document["precision"], document["recall"], document["noise"], document["exit"]


def test_without_a_key_scripts_answer_and_the_first_line_says_so(evals: Lab) -> None:
    done = evals.inv("codex.eval")
    assert done.returncode == 0, done.stderr
    first = done.stdout.splitlines()[0]
    assert first.startswith("No model was asked: scripts answered.")
    assert "no measure of quality" in first
    assert "2 of 2 evals finished: precision 1.00 (at least 0.7), recall 1.00 (at least 0.8)" in done.stdout
    assert evals.git("status", "--porcelain") == ""
    assert (evals.root / ".proposer" / "evals" / "float" / "record.json").is_file()


WRONG_PLACE = FOUND | {"start_line": 1, "end_line": 1, "quote": "def fee(amount):"}


@pytest.mark.parametrize(
    ("name", "turn", "expected", "told"),
    [
        pytest.param("float", says("approve"), (1.0, 0.0, 0.0, 7), "missed", id="a missed defect"),
        pytest.param("quiet", says("comment", REMOVED | {"severity": "P3"}), (0.5, 1.0, 1.0, 7), "noisy",
                     id="a false alarm"),
        pytest.param("float", says("request_changes", WRONG_PLACE), (0.0, 0.0, 0.0, 7), "missed", id="a wrong place"),
        pytest.param("float", says("comment", FOUND | {"severity": "P2"}), (0.0, 0.0, 0.0, 7), "missed",
                     id="too mild"),
        pytest.param("float", says("request_changes", FOUND, WRONG_PLACE), (0.5, 1.0, 0.0, 7), "noisy",
                     id="one right and one wrong"),
        pytest.param("float", {"http": 401}, (1.0, 1.0, 0.0, 4), "not finished", id="an outage"),
        pytest.param("float", {"answer_text": "no json"}, (1.0, 1.0, 0.0, 4), "not finished", id="no verdict"),
    ],
)  # fmt: skip
def test_each_score_sees_its_own_fault(evals: Lab, name: str, turn: Any, expected: tuple[Any, ...], told: str) -> None:
    answer(evals, name, turn)
    card = evaluate(evals)
    assert numbers(card) == expected
    results = {row["name"]: row["result"] for row in card.document()["cases"]}
    assert results[name] == told
    assert results == {"float": "found", "quiet": "silent"} | {name: told}


def test_nothing_that_the_model_sees_holds_the_answers(evals: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = Lab.overhear(monkeypatch)
    seen: list[list[str]] = []
    prepare = evaluation.trials.prepare

    def looked(entry: Any, repository: Any, settings: Any) -> Any:
        rows = repository.git.text("cat-file", "--batch-all-objects", "--batch-check").splitlines()
        blobs = repository.git.blobs([row.split()[0] for row in rows if " blob " in row])
        seen.append([oid for oid, data in blobs.items() if b"[[expect]]" in data or b"proposer/rehearsal" in data])
        return prepare(entry, repository, settings)

    monkeypatch.setattr(evaluation.trials, "prepare", looked)
    evaluate(evals)
    assert seen == [[], []]
    assert "return amount * 0.1" in sent[0]
    assert not any("evals/" in text or "a fee in floats" in text for text in sent)


def case(old: str, new: str) -> Callable[[Lab], object]:
    def edit(lab: Lab) -> None:
        path = lab.root / "evals" / "float" / "case.toml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return edit


def patch(data: bytes) -> Callable[[Lab], object]:
    return lambda lab: lab.write("evals/float/change.patch", data)


def excluded(lab: Lab) -> None:
    patch = patch_of(lab, {"fee.py": FEE, "requirements/all.txt": "x==1\n"})
    lab.write("evals/float/change.patch", patch)


def instructing(lab: Lab) -> None:
    lab.write("evals/float/change.patch", patch_of(lab, {"AGENTS.md": "# Rules\n\nBe kind.\n"}))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(lambda lab: lab.write("fee.py", "x\n"), "does not apply", id="stale"),
        pytest.param(patch(b"not a patch\n"), "does not apply", id="no patch"),
        pytest.param(patch(b""), "does not apply|changes nothing", id="empty patch"),
        pytest.param(excluded, "keeps from reviews", id="excluded path"),
        pytest.param(instructing, "touches AGENTS.md", id="instruction path"),
        pytest.param(case('"return amount * 0.1"', '"return 0"'), "stands 0 times", id="quote is nowhere"),
        pytest.param(case('"fee.py"', '"note.txt"'), "which its patch does not change", id="another file"),
        pytest.param(case("severity", 'side = "old"\nseverity'), "not on side old", id="no such side"),
        pytest.param(case('"money"', '"mony"'), "categories", id="no such category"),
        pytest.param(lambda lab: (lab.root / "evals/float/script.json").unlink(), "script.json cannot be read",
                     id="no script"),
        pytest.param(lambda lab: answer(lab, "float", {"sing": 1}), "turn 1", id="bad script"),
    ],
)  # fmt: skip
def test_a_poisoned_case_is_an_error_before_anything_is_run(
    evals: Lab, spoil: Callable[[Lab], object], words: str
) -> None:
    spoil(evals)
    with pytest.raises(UsageError, match=words) as caught:
        evaluate(evals)
    assert "evals/float" in caught.value.message
    assert caught.value.hint
    assert evals.steps == []


def test_files_that_the_lock_does_not_know_stop_it(evals: Lab) -> None:
    evals.write("AGENTS.md", "# Other rules\n")
    with pytest.raises(ProposerError, match=r"AGENTS\.md is not the file") as caught:
        evaluate(evals)
    assert caught.value.exit_code == 3


def test_a_recording_is_scored_again(evals: Lab, tmp_path: Path) -> None:
    answer(evals, "quiet", says("comment", REMOVED | {"severity": "P3"}))
    first = evaluate(evals, name="q*", record=tmp_path / "tapes").document()
    answer(evals, "quiet", says("approve"))
    again = evaluate(evals, name="q*", provider=f"cassette:{tmp_path / 'tapes'}").document()
    assert again["notice"].startswith("No model was asked: recordings answered.")
    assert (again["noise"], again["exit"]) == (first["noise"], first["exit"]) == (1.0, 7)


def test_the_thresholds_are_those_of_the_repository(evals: Lab) -> None:
    path = evals.root / "proposer.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("noise = 0.34", "noise = 1.5").replace("precision = 0.7", "precision = 0.5"), "utf-8")
    evals.relock()
    answer(evals, "quiet", says("comment", REMOVED | {"severity": "P3"}))
    assert numbers(evaluate(evals)) == (0.5, 1.0, 1.0, 0)


def test_a_key_is_asked_for_where_a_model_is(evals: Lab) -> None:
    with pytest.raises(UsageError, match="no credentials"):
        evaluate(evals, provider="openai")
    with pytest.raises(UsageError, match="there is no provider 'gpt'"):
        evaluate(evals, provider="gpt")


@pytest.mark.parametrize(
    ("key", "asked"), [({"OPENAI_API_KEY": "k" * 20}, "openai"), ({}, "rehearsal")], ids=["key", "none"]
)
def test_who_answers_unless_it_is_said(
    evals: Lab, monkeypatch: pytest.MonkeyPatch, key: dict[str, str], asked: str
) -> None:
    chosen: list[str] = []

    def choose(trial: Any, repository: Any, provider: str, **more: Any) -> Any:  # noqa: ARG001
        chosen.append(provider.partition(":")[0])
        raise UsageError("enough")

    monkeypatch.setattr(evaluation.trials, "attempt", choose)
    with pytest.raises(UsageError, match="enough"):
        evaluation.evaluate(evals.root, environment=key, on_step=evals.steps.append)
    assert chosen == [asked]

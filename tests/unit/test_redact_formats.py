"""Each place has a case, is needed for it, and is told from innocent text; so is personal data."""

import json
from collections import Counter

import pytest

from corpus.innocents import SNIPPETS, corpora
from corpus.people import cards, ibans, people
from corpus.places import Case, cases
from corpus.tokens import tokens
from proposer.outputs.masking import assignments, keyblocks, known, nationals, personal, places, sweep
from proposer.outputs.redact import Redactor

PLAIN, PERSONAL = Redactor(), Redactor(personal=True)
CASES = list(cases())
PEOPLE = [*people(), *cards(), *ibans()]


def named(case: Case) -> str:
    return f"{case.rule}: {case.before.strip()[:30]}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_secret_is_masked_by_where_it_stands(case: Case) -> None:
    masked = PLAIN.text(case.text)
    assert case.secret not in masked
    if case.rule != "aws-secret":
        assert masked == case.masked


@pytest.mark.parametrize("case", PEOPLE, ids=named)
def test_personal_data_is_masked(case: Case) -> None:
    assert PERSONAL.text(case.text) == case.masked


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_an_innocent_line_stays(snippet: str) -> None:
    assert PERSONAL.text(snippet) == snippet


@pytest.mark.parametrize(
    "name", ["hashes", "package-lock", "lock files", "images", "certificates", "minified code", "events", "numbers"]
)
def test_an_innocent_corpus_stays_byte_for_byte(name: str) -> None:
    text = corpora()[name]
    assert PERSONAL.text(text) == text
    if name == "events":
        assert [PERSONAL.jsonl(line) for line in text.splitlines()] == text.splitlines()


def test_library_code_stays_but_for_its_authors_addresses() -> None:
    # Each version of the library has its own text: a few examples in its comments may look real.
    text = corpora()["library code"]
    rules = Counter(span.rule for span in sweep.merged(sweep.Sweep(with_personal=True).spans(text)))
    assert rules.total() - rules["email"] <= 2


@pytest.mark.parametrize("rule", sorted({place.rule for place in places.PLACES}))
def test_each_place_is_needed(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    left = (place for place in places.PLACES if place.rule != rule)
    monkeypatch.setattr(places, "_GROUPS", places.grouped(left))
    without = Redactor()
    assert any(
        case.secret in without.text(case.text) or f":{rule}]" not in without.text(case.text)
        for case in CASES
        if case.rule == rule
    )


@pytest.mark.parametrize(
    ("module", "rules"),
    [
        (assignments, {"assignment"}),
        (keyblocks, {"private-key", "putty-key"}),
        (places, {"cookie", "bearer"}),
        (personal, {"card", "iban", "email"}),
    ],
    ids=lambda value: value.__name__.rpartition(".")[2] if hasattr(value, "__name__") else "",
)
def test_each_finder_is_needed(module: object, rules: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find", lambda *_: ())
    without = Redactor(personal=True)
    for rule in rules:
        assert any(case.secret in without.text(case.text) for case in (*CASES, *PEOPLE) if case.rule == rule)


def test_known_values_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known.Known, "find", lambda *_: ())
    assert Redactor(["blue heron 42"]).text("blue heron 42") == "blue heron 42"


@pytest.mark.parametrize("row", nationals.IDENTIFIERS, ids=lambda row: f"{row.rule}{'-named' if row.words else ''}")
def test_each_national_number_is_needed(row: nationals.Identifier, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_FREE", "_NAMED"):
        monkeypatch.setattr(nationals, name, tuple(other for other in getattr(nationals, name) if other is not row))
    without = Redactor(personal=True)
    assert any(case.secret in without.text(case.text) for case in PEOPLE if case.rule == row.rule)


@pytest.mark.parametrize("case", [case for case in PEOPLE if case.rule not in ("email", "cpr-dk")], ids=named)
def test_a_wrong_check_digit_is_no_personal_number(case: Case) -> None:
    at = max(place for place, char in enumerate(case.secret) if char.isdigit())
    digit = str((int(case.secret[at]) + 1) % 10)
    wrong = f"{case.before}{case.secret[:at]}{digit}{case.secret[at + 1 :]}{case.after}"
    if case.rule != "ssn-us":  # it has no check digit
        assert f":{case.rule}]" not in PERSONAL.text(wrong)


@pytest.mark.parametrize("case", [case for case in people() if case.before.strip(" (:=")], ids=named)
def test_a_weak_number_needs_its_word(case: Case) -> None:
    row = next((row for row in nationals.IDENTIFIERS if row.rule == case.rule and row.words), None)
    if row is not None and any(word in case.before.lower() for word in row.words):
        assert PERSONAL.text(case.secret) == case.secret
        assert PERSONAL.jsonl(json.dumps({row.words[0]: case.secret})) == json.dumps(
            {row.words[0]: f"[REDACTED:{row.rule}]"}
        )


def test_recall_is_measured_over_many_drawings() -> None:
    drawn = list(tokens(seed=5, rounds=3))
    missed = [rule for rule, token in drawn if f"[REDACTED:{rule}]" not in PLAIN.text(f"see {token} here")]
    assert len(drawn) > 500
    assert len(missed) <= len(drawn) // 100

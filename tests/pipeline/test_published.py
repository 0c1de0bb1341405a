"""The published schemas and the page about provenance: real records fit both, and what is forged fits neither."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lab import CLEAN, FINDING, Lab, says
from proposer import custody
from proposer.provenance import record

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
DOCUMENTS = {"statement.json": "statement", "record.json": "record", "log.json": "log"}
FREE = {
    "statement.json": ("digest", "annotations", "limits", "version", "untrusted[]"),
    "record.json": ("artifacts_sha256", "limits", "untrusted[]", "result"),
    "log.json": (),
    record.ENVELOPE: (),
}
"""Objects whose keys are names of things, and so stand in no table."""


def schema(name: str) -> Draft202012Validator:
    found = json.loads((FOLDER / "schemas" / f"{DOCUMENTS[name]}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def paths(value: Any, free: tuple[str, ...], path: str = "") -> Iterator[str]:
    """Yield the path of every field, as the page writes it."""
    if isinstance(value, list):
        for row in value:
            yield from paths(row, free, f"{path}[]")
    elif isinstance(value, dict) and path.rpartition(".")[2] not in free:
        for key, inner in value.items():
            here = f"{path}.{key}" if path else key
            yield here
            yield from paths(inner, free, here)


def told(name: str) -> set[str]:
    """Return the fields that the page lists below the heading of a document."""
    text = (FOLDER / "provenance.md").read_text(encoding="utf-8")
    part = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    return {line.split("`")[1] for line in part.splitlines() if line.startswith("| `")}


@pytest.fixture
def records(lab: Lab) -> list[Path]:
    """A clean run with an untrusted text, signed; one with a finding; one that came to no verdict."""
    text = lab.scratch / "pr.txt"
    text.write_text("what the author says\n", encoding="utf-8")
    made = [
        lab.review(CLEAN, texts=(text,)),
        lab.review(says("request_changes", FINDING)),
        lab.review({"http": 401}),
    ]
    assert len({run.outcome for run in made}) == len(made)
    custody.sign(lab.root, made[0].run, {"HOME": str(lab.home)})
    return [lab.record(run) for run in made]


def test_real_records_fit_the_schemas_and_the_page_lists_each_of_their_fields(records: list[Path]) -> None:
    for name in DOCUMENTS:
        for folder in records:
            value = json.loads((folder / name).read_text(encoding="utf-8"))
            assert [error.message for error in schema(name).iter_errors(value)] == []
    for name, free in FREE.items():
        found = set[str]()
        for folder in records if name != record.ENVELOPE else records[:1]:
            found |= {*paths(json.loads((folder / name).read_text(encoding="utf-8")), free)}
        listed = told(name)
        bare = {path.replace("[]", "") for path in listed}
        # A resource is told once, above the tables.
        missing = {path for path in found if path.replace("[]", "") not in bare and not path.endswith(RESOURCE)}
        assert missing == set()
        assert listed, name


RESOURCE = ("[].name", "[].digest", "[].annotations")


def changed(value: Any, at: tuple[str | int, ...], **entry: Any) -> Any:
    """Return a copy with an entry set in the object at a place."""
    made = copy.deepcopy(value)
    inner = made
    for step in at:
        inner = inner[step]
    inner |= entry
    return made


FORGED: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "a parameter that nobody knows": (
        "statement.json", lambda it: changed(it, ("predicate", "buildDefinition", "externalParameters"), more="x")
    ),
    "no subject": ("statement.json", lambda it: changed(it, (), subject=[])),
    "a subject without a digest": ("statement.json", lambda it: changed(it, ("subject", 0), digest={})),
    "another build type": (
        "statement.json", lambda it: changed(it, ("predicate", "buildDefinition"), buildType="https://x.invalid/v1")
    ),
    "a field more in a record": ("record.json", lambda it: changed(it, ("run",), more="x")),
    "a number as an outcome": ("record.json", lambda it: changed(it, ("run",), outcome=0)),
    "a record without its inputs": ("record.json", lambda it: {key: it[key] for key in it if key != "inputs"}),
    "an event of another name": ("log.json", lambda it: changed(it, (), event="codex.exec.other")),
    "a negative count": ("log.json", lambda it: changed(it, ("usage",), input_tokens=-1)),
}  # fmt: skip


def test_what_is_forged_fits_no_schema(records: list[Path]) -> None:
    for told_as, (name, forge) in FORGED.items():
        value = json.loads((records[0] / name).read_text(encoding="utf-8"))
        assert not schema(name).is_valid(forge(value)), told_as


def test_the_names_of_fields_are_looked_for_in_the_right_part_of_the_page() -> None:
    assert "usage.input_tokens" in told("log.json")
    assert "usage.input_tokens" not in told("record.json")
    assert set(paths({"a": [{"b": {"c": 1}}], "d": {"e": 1}}, ("d",))) == {"a", "a[].b", "a[].b.c", "d"}

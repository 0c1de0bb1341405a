"""The documents before and after a proposal: additions pass, breaks need their name, nonsense does not pass."""

import copy
import json
from typing import Any

import pytest

from proposer.errors import Outcome
from proposer.invocation.trial import Trial
from proposer.outputs.openapi import reasons_of

SCHEMA = {"type": "object", "properties": {"id": {"type": "string"}, "note": {"type": "string"}}, "required": ["id"]}
BASE: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/items": {
            "get": {
                "description": "Lists.",
                "responses": {"200": {"content": {"application/json": {"schema": SCHEMA}}}},
            }
        }
    },
    "components": {"schemas": {"ItemDTO": SCHEMA}},
}
ADDED = copy.deepcopy(BASE)
ADDED["paths"]["/views"] = {"post": {"description": "Shows.", "responses": {}}}
ADDED["components"]["schemas"]["ViewRequest"] = {"type": "object"}
BROKEN = copy.deepcopy(ADDED)
BROKEN["paths"]["/items"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["properties"].pop("note")
GONE = {"operation": "GET /items", "change": "200/note: is gone"}
WORDLESS = copy.deepcopy(ADDED)
WORDLESS["paths"]["/views"]["post"].pop("description")
UNNAMED = copy.deepcopy(ADDED)
UNNAMED["components"]["schemas"].pop("ViewRequest")


def printed(*lines: object, returncode: int = 0, stopped: str = "") -> Trial:
    output = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    return Trial(command=("describe",), returncode=returncode, stopped=stopped, output=output)


def judged(after: Trial, *breaking: Any, before: Trial | None = None) -> list[tuple[Outcome, str]]:
    return list(reasons_of(before or printed(BASE), after, {"breaking": [*breaking]}, "View"))


def test_an_addition_passes_whatever_else_is_printed() -> None:
    assert judged(printed("starting", "{not json", ADDED, "a warning")) == []


@pytest.mark.parametrize(
    ("after", "breaking", "outcome", "words"),
    [
        pytest.param(BROKEN, (), Outcome.BLOCKED, "does not name it: GET /items: 200/note: is gone", id="not-named"),
        pytest.param(BROKEN, (GONE,), Outcome.FINDINGS, "as the answer says: GET /items: 200/note", id="named"),
        pytest.param(BROKEN, (GONE | {"operation": " GET  /items"},), Outcome.FINDINGS, "as the answer", id="spaces"),
        pytest.param(BROKEN, ({"operation": "GET /items", "change": ""},), Outcome.BLOCKED, "not name it", id="vague"),
        pytest.param(BROKEN, (GONE | {"operation": "GET /other"},), Outcome.BLOCKED, "not name it", id="another-one"),
        pytest.param(BROKEN, ("GET /items: 200/note: is gone",), Outcome.BLOCKED, "not name it", id="another-form"),
        pytest.param(ADDED, (GONE,), Outcome.FINDINGS, "do not show: GET /items: 200/note", id="named-for-nothing"),
        pytest.param(BASE, (), Outcome.INCOMPLETE, "changes nothing in the OpenAPI document", id="nothing-new"),
        pytest.param(UNNAMED, (), Outcome.INCOMPLETE, "neither ViewRequest nor ViewDTO", id="other-models"),
        pytest.param(WORDLESS, (), Outcome.BLOCKED, "does not describe POST /views", id="no-description"),
        pytest.param({"paths": {"/items": 1}}, (), Outcome.BLOCKED, "cannot be read", id="no-document"),
    ],
)
def test_what_the_documents_show_decides(after: Any, breaking: tuple[Any, ...], outcome: Outcome, words: str) -> None:
    found = judged(printed(after), *breaking)
    assert Outcome.worst(*(kind for kind, _ in found)) is outcome
    assert any(words in text for _, text in found), found


def test_every_break_needs_its_own_name_and_a_long_list_is_counted() -> None:
    base = copy.deepcopy(BASE)
    for number in range(9):
        base["paths"][f"/old/{number}"] = {"get": {"responses": {}}}
    found = judged(printed(ADDED), {"operation": "GET /old/0", "change": "is gone"}, before=printed(base))
    told = [text for kind, text in found if kind is Outcome.BLOCKED]
    assert len(told) == 6
    assert "/old/0" not in " ".join(told)
    assert "3 more" in told[-1]


@pytest.mark.parametrize(
    ("before", "after", "outcome", "words"),
    [
        (printed("boom", returncode=1), printed(ADDED), Outcome.UNAVAILABLE, "compare with (exit 1): boom"),
        (printed(BASE, stopped="the deadline of 9 s"), printed(ADDED), Outcome.UNAVAILABLE, "deadline"),
        (printed("hello"), printed(ADDED), Outcome.UNAVAILABLE, "compare with"),
        (printed(BASE), printed(ADDED, returncode=1), Outcome.BLOCKED, "the proposal fails `describe`"),
        (printed(BASE), printed(""), Outcome.BLOCKED, "does not print one OpenAPI document"),
        (printed(BASE), printed(BROKEN, ADDED), Outcome.BLOCKED, "does not print one OpenAPI document"),
        (printed(BASE), printed(ADDED, stopped="the deadline of 9 s"), Outcome.UNAVAILABLE, "did not end"),
    ],
    ids=[
        "base-fails",
        "base-hangs",
        "base-says-nothing",
        "proposal-fails",
        "proposal-says-nothing",
        "proposal-prints-two",
        "proposal-hangs",
    ],
)
def test_a_document_that_is_not_there_is_no_pass(before: Trial, after: Trial, outcome: Outcome, words: str) -> None:
    found = judged(after, before=before)
    assert [kind for kind, _ in found] == [outcome]
    assert words in found[0][1]

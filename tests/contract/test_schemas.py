"""The committed schemas are the ones that the models give, and fit strict structured outputs."""

import json
from pathlib import Path
from typing import get_args

import pytest

from proposer.config import settings, strict
from proposer.facts.collection import KINDS
from proposer.outputs.answer import schema_of
from proposer.outputs.forms import FORMS
from proposer.outputs.gates.register import GATES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", FORMS)
def test_the_committed_schema_is_the_models(name: str) -> None:
    committed = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert committed == schema_of(FORMS[name])
    assert strict.problems(committed) == []


def test_every_committed_schema_has_a_model() -> None:
    assert {path.name for path in (ROOT / "schemas").glob("*.json")} == {f"{name}.schema.json" for name in FORMS}


def test_every_input_and_gate_that_a_table_may_name_is_there() -> None:
    assert set(KINDS) == set(get_args(settings.Input))
    assert set(GATES) == set(get_args(settings.Gate))

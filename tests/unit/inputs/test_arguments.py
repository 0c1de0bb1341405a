"""Arguments that must name a module of the base, or a model."""

import pytest

from proposer.config.settings import Workflow, parse
from proposer.errors import UsageError
from proposer.inputs.arguments import check

WORKFLOW = Workflow.model_validate(
    {
        "summary": "s", "prompt": "p", "schema": "s", "arguments": ["module", "name"],
        "kinds": {"module": "module", "name": "model"},
    }
)  # fmt: skip
PATHS = [
    "src/shop/billing/dto.py", "src/shop/billing/routes.py", "src/shop/core/routes.py", "src/shop/half/dto.py",
    "src/shop/billing/deep/dto.py", "src/shop/billing/deep/routes.py", "other/shop/x/dto.py", "other/shop/x/routes.py",
]  # fmt: skip


@pytest.mark.parametrize("name", ["P", "Preview", "PreviewBooking", "HTTPView2", "A" * 40])
def test_a_module_and_a_name_that_can_be_used_pass(name: str) -> None:
    check(WORKFLOW, {"module": "billing", "name": name}, PATHS)


@pytest.mark.parametrize(
    "name", ["", "preview", "Two Words", "../X", "X/Y", "_X", "None", "True", "A" * 41, "Ä", "X\n"]
)
def test_a_name_that_is_no_model_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be used as name") as caught:
        check(WORKFLOW, {"module": "billing", "name": name}, PATHS)
    assert "PascalCase" in caught.value.hint


@pytest.mark.parametrize(
    "module", ["", "core", "half", "deep", "x", "nowhere", "Billing", "../billing", "*", "billing/"]
)
def test_a_module_without_models_and_routes_is_refused(module: str) -> None:
    with pytest.raises(UsageError, match="the base has no module") as caught:
        check(WORKFLOW, {"module": module, "name": "X"}, PATHS)
    assert "there are: billing;" in caught.value.hint


def test_a_base_without_modules_says_so() -> None:
    with pytest.raises(UsageError) as caught:
        check(WORKFLOW, {"module": "billing", "name": "X"}, ["README.md"])
    assert "there are: none" in caught.value.hint


def test_an_argument_that_was_not_given_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot be used as name"):
        check(WORKFLOW, {"module": "billing"}, PATHS)


def test_a_kind_of_no_argument_is_a_mistake_in_the_settings() -> None:
    table = '[workflows.x]\nsummary = "s"\nprompt = "p"\nschema = "s"\narguments = ["name"]\nkinds = {nam = "model"}\n'
    with pytest.raises(UsageError, match="'nam', which is not among the arguments"):
        parse(table.encode())
    assert parse(table.replace("nam =", "name =").encode()).workflow("x").kinds == {"name": "model"}

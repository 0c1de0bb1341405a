"""README's two commands stand where checks and readers look for them."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def command() -> ModuleType:
    spec = importlib.util.spec_from_file_location("command", ROOT / ".ci" / "command.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("name", "words"), [("demo", "proposer demo"), ("test", "nox -s tests pipeline")])
def test_the_command_is_there(command: ModuleType, name: str, words: str) -> None:
    text = command.block((ROOT / "README.md").read_text(encoding="utf-8"), name)
    assert words in text
    assert text.endswith("\n")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("nothing\n", id="no-mark"),
        pytest.param("<!-- command: demo -->\n\n```sh\nx\n```\n", id="not-directly-below"),
        pytest.param("<!-- command: demo -->\n```sh\nx\n", id="not-closed"),
    ],
)
def test_a_command_that_is_not_there_is_an_error(command: ModuleType, text: str) -> None:
    with pytest.raises(SystemExit):
        command.block(text, "demo")


def test_ci_calls_the_commands_of_the_readme() -> None:
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "command.py demo" in text
    assert "command.py test" in text

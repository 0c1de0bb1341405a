"""Generating: hostile answers arrive as they are or are refused at once, and nothing is left of a refusal."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from proposer import generation
from proposer.config.answers import CHOICES, TEMPLATE_FILE
from proposer.errors import UsageError
from proposer.generation import generate


def kept(folder: Path) -> dict[str, str]:
    document = json.loads((folder / TEMPLATE_FILE).read_text(encoding="utf-8"))
    return dict(document["answers"])


@pytest.mark.parametrize(
    "name",
    ['O\'Connor & Søn "Ltd" {{x}}', "{% endraw %} {% raw %}", "a {{ cookiecutter.stack }} \\", "{# x #} \\{{ \"}}' }}",
     "${{ secrets.X }} `x` $(y)", "北京", "x" * 200],
)  # fmt: skip
def test_a_hostile_name_arrives_as_it_is(tmp_path: Path, name: str) -> None:
    generate(tmp_path / "repo", {"project_name": name, "author_name": name}, no_input=True)
    assert (kept(tmp_path / "repo")["project_name"], kept(tmp_path / "repo")["author_name"]) == (name, name)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40))
@settings(max_examples=200)
def test_an_answer_is_never_read_as_a_template(text: str) -> None:
    for value in (text, "{" + text):
        assert Environment(autoescape=False).from_string(generation._literal(value)).render() == value  # noqa: S701, SLF001


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param({"project_name": "Test", "license": "GPL"}, ["project_slug is 'test'", "license is 'GPL'"],
                     id="made-from-another-answer-and-given"),
        pytest.param({"project_name": "🎉"}, ["project_slug is ''", "are made from project_name"], id="no-letter"),
        pytest.param({"project_name": "a\nb", "author_name": ""}, ["project_name must", "author_name must"], id="line"),
        pytest.param({"project_slug": "django"}, ["project_slug is 'django'", "taken"], id="reserved"),
        pytest.param({"package_name": "class"}, ["package_name is 'class'"], id="keyword"),
        pytest.param({"project_slug": "../x"}, ["project_slug is '../x'"], id="path"),
        pytest.param(dict.fromkeys(CHOICES, "{{x}}"), [f"{name} is '{{{{x}}}}'" for name in CHOICES], id="choices"),
    ],
)  # fmt: skip
def test_all_that_is_wrong_is_told_at_once_and_nothing_is_written(
    tmp_path: Path, given: dict[str, str], words: list[str]
) -> None:
    with pytest.raises(UsageError) as caught:
        generate(tmp_path / "repo", given, no_input=True)
    told = f"{caught.value.message} | {caught.value.hint}"
    assert [word for word in words if word not in told] == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "cannot be replayed", id="empty"),
        pytest.param("[]", "cannot be replayed", id="list"),
        pytest.param('{"cookiecutter": 1}', "cannot be replayed", id="number"),
        pytest.param('{"cookiecutter": {"stack": "rails", "license": ["MIT"]}}', "stack is 'rails'", id="bad-answers"),
        pytest.param('{"cookiecutter": {"stack": "fastapi"}}', "project_name has no answer", id="incomplete"),
    ],
)
def test_a_bad_replay_file_is_refused(tmp_path: Path, text: str, words: str) -> None:
    replay = tmp_path / "replay.json"
    replay.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        generate(tmp_path / "repo", {}, no_input=False, replay_file=replay)
    assert words in caught.value.message
    assert [path.name for path in tmp_path.iterdir()] == ["replay.json"]

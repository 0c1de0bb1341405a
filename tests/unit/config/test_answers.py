"""Answers are judged before anything is written, all of them in one go."""

import json

import pytest

from proposer.config import answers as module
from proposer.config import assets
from proposer.config.answers import CHOICES, UNSUPPORTED, problems, unsupported

GOOD = {
    "project_name": "O'Connor & Søn \"Ltd\" {{x}}", "project_slug": "ledger-app", "package_name": "ledger_app",
    "author_name": "Ørsted", "author_email": "dev+x@example.co.uk", "model": "gpt-5.5", "effort": "medium",
    "proposer_source": "proposer==0.1.0", **{name: values[0] for name, values in CHOICES.items()},
}  # fmt: skip


def test_good_answers_have_no_problem() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("project_name", ""),
        ("project_name", "a\nb"),
        ("project_name", "a\u202eb"),
        ("project_name", "x" * 201),
        ("author_name", "  "),
        ("project_slug", "Ledger"),
        ("project_slug", "ledger--app"),
        ("project_slug", "../x"),
        ("project_slug", "x" * 51),
        ("project_slug", "fastapi"),
        ("package_name", "2x"),
        ("package_name", "a-b"),
        ("package_name", "class"),
        ("package_name", "json"),
        ("package_name", "finance"),
        ("package_name", "p" * 41),
        ("package_name", "core"),
        ("package_name", "django"),
        ("package_name", "test"),
        ("package_name", "yaml"),
        ("package_name", "none\\"),
        ("package_name", "ünï"),
        ("package_name", ""),
        ("project_slug", "typing-extensions"),
        ("project_slug", "{% endraw %}"),
        ("project_name", "a\x1b[31m"),
        ("project_name", "a\u2028b"),
        ("project_name", "a\ud800"),
        ("author_email", "nobody"),
        ("author_email", 'a"b@example.com'),
        ("author_email", "a@b.c\n* @evil"),
        ("model", "gpt 5"),
        ("model", 'x"y'),
        ("effort", "Very High"),
        ("proposer_source", "./here"),
        ("proposer_source", "other==1"),
        ("proposer_source", "proposer=1"),
        ("proposer_source", "proposer==1; rm -rf /"),
        ("proposer_source", "proposer==1 --index-url x"),
        ("proposer_source", "https://example.com/a b"),
        ("proposer_source", "https://example.com/{root:uri}"),
        *((name, "nothing-of-this") for name in CHOICES),
    ],
)
def test_a_bad_answer_is_named_once(name: str, value: str) -> None:
    [row] = problems({**GOOD, name: value})
    assert row.startswith(name)


@pytest.mark.parametrize(
    "source",
    ["proposer", "proposer>=0.1,<1", "proposer[keyring] == 0.1.*", "proposer @ file:///x",
     "/opt/a b/proposer-0.1.0-py3-none-any.whl",
     "https://example.com/proposer.whl", "git+https://example.com/proposer"],
)  # fmt: skip
def test_proposer_may_come_from_a_requirement_a_path_or_a_url(source: str) -> None:
    assert problems({**GOOD, "proposer_source": source}) == []


def test_all_problems_are_told_with_what_is_allowed() -> None:
    rows = problems({**GOOD, "stack": "rails", "license": "GPL", "package_name": "import"})
    assert len(rows) == 3
    assert any("fastapi" in row for row in rows)
    assert any("MIT" in row for row in rows)


@pytest.mark.parametrize("value", [None, 7, ["fastapi"], {"a": "b"}])
@pytest.mark.parametrize("name", ["stack", "project_name", "package_name"])
def test_what_is_no_text_is_no_answer(name: str, value: object) -> None:
    [row] = problems({**GOOD, name: value})
    assert row.startswith(f"{name} must be printable text")


def test_a_question_without_an_answer_is_named_where_all_are_wanted() -> None:
    rest = {name: value for name, value in GOOD.items() if name not in {"model", "license"}}
    assert problems(rest) == []
    assert problems(rest, list(GOOD)) == ["model has no answer", "license has no answer"]


@pytest.mark.parametrize("name", ["imp", "asyncore", "distutils", "annotationlib", "compression"])
def test_a_name_is_taken_whatever_python_generates(name: str) -> None:
    [row] = problems({**GOOD, "package_name": name})
    assert "taken" in row


@pytest.mark.parametrize("name", ["type", "match", "ledger", "a", "int", "print"])
def test_a_name_that_only_looks_special_is_free(name: str) -> None:
    assert problems({**GOOD, "package_name": name}) == []


def test_a_combination_is_refused_with_the_reason_and_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "UNSUPPORTED", (({"license": "MIT", "domain": "generic"}, "x; choose y"),))
    assert problems({**GOOD, "license": "MIT"}) == []
    assert problems({**GOOD, "license": "MIT", "domain": "generic"}) == [
        "license=MIT with domain=generic is not supported: x; choose y"
    ]


def test_each_refused_combination_says_what_to_choose() -> None:
    for combination, why in UNSUPPORTED:
        assert len(combination) > 1
        assert set(combination) <= set(CHOICES)
        assert "choose" in why
        assert why in unsupported({**GOOD, **combination})


def test_the_defaults_are_a_supported_combination() -> None:
    assert unsupported({name: values[0] for name, values in CHOICES.items()}) == ""


def test_the_questions_and_their_allowed_values_stand_in_one_place_each() -> None:
    context = json.loads((assets.folder("template") / "cookiecutter.json").read_text(encoding="utf-8"))
    closed = {name: tuple(value) for name, value in context.items() if isinstance(value, list) and name[0] != "_"}
    assert {name: values[0] for name, values in closed.items()} == {name: values[0] for name, values in CHOICES.items()}
    assert {name: set(values) for name, values in closed.items()} == {n: set(v) for n, v in CHOICES.items()}
    assert set(context["__prompts__"]) == {name for name in context if not name.startswith("_")}

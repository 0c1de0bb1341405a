"""Every shipped prompt has the sections that keep a model at its task, and every rule in it says what covers it."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from jinja2 import Environment, meta, nodes

from proposer.config.settings import Workflow, parse

ROOT = Path(__file__).parents[2]
PROMPTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "prompts").glob("*.md"))}
WORKFLOWS = parse((ROOT / "proposer.toml").read_bytes()).workflows
SECTIONS = (
    "Role", "Task", "What counts", "What does not count", "Evidence", "Data that is not instruction", "Output",
)  # fmt: skip
MOST = 5_000
INCLUDE = '{% include "domain.md" ignore missing %}\n# What counts\n'
COVERAGE = tomllib.loads((ROOT / "docs" / "coverage.toml").read_text(encoding="utf-8"))["rule"]
EVALS = {path.parent.name for path in (ROOT / "template").rglob("evals/*/case.toml")}


def sections(text: str) -> dict[str, str]:
    parts = re.split(r"(?m)^# (.+)$", text)
    return dict(zip(parts[1::2], (part.strip() for part in parts[2::2]), strict=True))


def rules(text: str) -> list[str]:
    found = re.findall(r"(?m)^- (.*(?:\n  .*)*)", sections(text).get("What counts", ""))
    return [" ".join(rule.split()) for rule in found]


def used(text: str, name: str) -> set[str]:
    """Return the keys of a table that a template takes."""
    tree = Environment(autoescape=True).parse(text)
    found = [
        node for node in tree.find_all(nodes.Getattr) if isinstance(node.node, nodes.Name) and node.node.name == name
    ]
    return {node.attr for node in found}


def problems(text: str, workflow: Workflow, schema: dict[str, object]) -> list[str]:
    """Return what a prompt lacks."""
    found = sections(text)
    rows = [f"no section {name}" for name in SECTIONS if not found.get(name)]
    if [name for name in found if name in SECTIONS] != [name for name in SECTIONS if name in found]:
        rows.append("the sections are in another order")
    if INCLUDE not in text:
        rows.append("the rules of the domain are not included before what counts")
    if len(text) > MOST:
        rows.append(f"{len(text)} characters, {MOST} are allowed")
    names = meta.find_undeclared_variables(Environment(autoescape=True).parse(text))
    rows += [f"{name} is not shown" for name in sorted({"diff", "texts", "excluded", "not_reviewed"} - names)]
    if workflow.split and "part" not in names:
        rows.append("part is not shown, and the change may be split")
    rows += [f"facts.{name} is not shown" for name in sorted(set(workflow.inputs) - used(text, "facts"))]
    rows += [f"facts.{name} is not collected" for name in sorted(used(text, "facts") - set(workflow.inputs))]
    rows += [f"arguments.{name} is not declared" for name in sorted(used(text, "arguments") - set(workflow.arguments))]
    data, output = found.get("Data that is not instruction", ""), found.get("Output", "")
    if "`<<<DATA-` and `>>>`" not in data or "no orders" not in data:
        rows.append("it does not say that data gives no orders")
    properties = schema["properties"]
    assert isinstance(properties, dict)
    rows += [f"the output does not name {name}" for name in properties if f"`{name}`" not in output]
    return rows


def checked(name: str, text: str) -> list[str]:
    workflow = WORKFLOWS[name]
    schema = json.loads((ROOT / workflow.output_schema).read_text(encoding="utf-8"))
    return problems(text, workflow, schema)


def test_every_prompt_belongs_to_a_workflow_and_every_workflow_has_one() -> None:
    assert {workflow.prompt for workflow in WORKFLOWS.values()} == {f"prompts/{name}.md" for name in PROMPTS}


@pytest.mark.parametrize("name", PROMPTS)
def test_a_prompt_keeps_its_contract(name: str) -> None:
    assert checked(name, PROMPTS[name]) == []


@pytest.mark.parametrize("name", ["review", "risk", "migrations"])
def test_prompts_that_judge_a_change_ban_what_linters_report(name: str) -> None:
    assert "linter" in sections(PROMPTS[name])["What does not count"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("# Role", "# Who", "no section Role", id="no-role"),
        pytest.param("# What does not count\n", "", "no section What does not count", id="no-limits"),
        pytest.param("# Evidence", "# Evidence\n\n# Severity", "no section Evidence", id="an-empty-section"),
        pytest.param("# Task", "# Output\n\nx\n\n# Task", "the sections are in another order", id="another-order"),
        pytest.param('{% include "domain.md" ignore missing %}', "", "the rules of the domain", id="no-domain"),
        pytest.param("{{ diff }}", "", "diff is not shown", id="no-change"),
        pytest.param("{{ facts.risk }}", "", "facts.risk is not shown", id="no-facts"),
        pytest.param("{{ facts.risk }}", "{{ facts.risk }}{{ facts.history }}", "facts.history is", id="other-facts"),
        pytest.param("{{ diff }}", "{{ diff }}{{ arguments.x }}", "arguments.x is not declared", id="an-argument"),
        pytest.param("gives you no orders", "is interesting", "it does not say that data", id="data-may-order"),
        pytest.param("`score`", "the number", "the output does not name score", id="output-without-a-field"),
        pytest.param("# Task\n", "# Task\n" + "x " * 3_000, "characters, 5000 are allowed", id="too-long"),
    ],
)
def test_each_break_of_the_contract_is_seen(old: str, new: str, told: str) -> None:
    assert old in PROMPTS["risk"]
    assert any(told in row for row in checked("risk", PROMPTS["risk"].replace(old, new)))


@pytest.mark.parametrize("name", PROMPTS)
def test_every_rule_of_a_prompt_says_what_covers_it(name: str) -> None:
    starts = [row["rule"] for row in COVERAGE if row["prompt"] == name and "heading" not in row]
    for rule in rules(PROMPTS[name]):
        assert len([start for start in starts if rule.startswith(start)]) == 1, rule
    assert len(starts) == len(rules(PROMPTS[name]))


def test_what_covers_a_rule_exists_and_every_eval_covers_one() -> None:
    named = {one for row in COVERAGE for one in row.get("evals", ())}
    assert named == EVALS
    for row in COVERAGE:
        assert row.get("evals") or row.get("shown_by"), row["rule"]
        assert all((ROOT / path).is_file() for path in row.get("shown_by", ())), row["rule"]

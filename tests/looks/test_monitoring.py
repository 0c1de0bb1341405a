"""The dashboard and the alert rules that are shipped ask for metrics, labels and values that there are."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from proposer.archive.totals import summed
from proposer.provenance.record import Store
from proposer.reports.metrics import families, render

FOLDER = Path(__file__).parents[2] / "docs" / "monitoring"
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
RULES = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
RANGE = {"$__range": "30d"}
"""What Grafana puts in before Prometheus reads a query."""


def known() -> dict[str, dict[str, set[str]]]:
    """Return every series with the values of its labels; one with free values has none."""
    found: dict[str, dict[str, set[str]]] = {}
    for family in families(summed(Store(Path("nowhere")))):
        for sample in family.samples:
            labels = found.setdefault(sample.name, {})
            for name, value in sample.labels.items():
                labels.setdefault(name, set()).add(value)
    return found


def selectors(node: Any) -> Iterator[Any]:
    """Yield the selectors of a query."""
    if type(node).__name__ == "VectorSelector":
        yield node
        return
    for name in ("lhs", "rhs", "expr", "args", "vector_selector", "vs", "param"):
        part = getattr(node, name, None)
        for one in part if isinstance(part, list) else [part]:
            if one is not None and not isinstance(one, str):
                yield from selectors(one)


def wrong(query: str) -> list[str]:
    """Return what a query asks for that there is not."""
    for name, value in RANGE.items():
        query = query.replace(name, value)
    series, problems = known(), []
    found = list(selectors(promql_parser.parse(query)))
    problems += [] if found else ["it asks for nothing"]
    for one in found:
        labels = series.get(one.name)
        if labels is None:
            problems.append(f"there is no {one.name}")
            continue
        for matcher in one.matchers.matchers:
            if matcher.value not in labels.get(matcher.name, set()):
                problems.append(f"{one.name} has no {matcher.name}={matcher.value}")
    return problems


PANELS = {f"{panel['title']} {target['refId']}": target["expr"] for panel in DASHBOARD["panels"]
          for target in panel["targets"]}  # fmt: skip
QUERIES = PANELS | {rule["alert"]: rule["expr"] for rule in RULES}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_every_query_asks_for_what_there_is(query: str) -> None:
    assert wrong(query) == []


WRONG = {
    "a metric": ("sum(codex_exec_run_total) > 1", "there is no codex_exec_run_total"),
    "deep inside": ("1 / (2 * sum by (x) (rate(codex_no[5m]))) > 3", "there is no codex_no"),
    "an argument": ("histogram_quantile(0.9, sum by (le) (rate(codex_no_bucket[5m])))", "there is no codex_no_bucket"),
    "a label": ('codex_exec_runs_total{kind="ci"}', "codex_exec_runs_total has no kind=ci"),
    "a value": ('codex_exec_failures_total{reason="bored"}', "codex_exec_failures_total has no reason=bored"),
    "nothing": ("vector(1)", "it asks for nothing"),
}


@pytest.mark.parametrize(("query", "problem"), WRONG.values(), ids=WRONG)
def test_a_query_for_what_there_is_not_is_seen(query: str, problem: str) -> None:
    assert problem in wrong(query)


def test_every_family_of_the_dashboard_that_has_labels_is_grouped_by_one_of_them() -> None:
    for title, query in PANELS.items():
        legend = next(target["legendFormat"] for panel in DASHBOARD["panels"] for target in panel["targets"]
                      if target["expr"] == query)  # fmt: skip
        label = legend.removeprefix("{{").removesuffix("}}")
        assert label == legend or f"by ({label})" in query or "by (" not in query, title


def test_panels_lie_side_by_side_and_have_a_data_source_of_the_readers_choice() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                 for y in range(place["y"], place["y"] + place["h"])}  # fmt: skip
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        assert panel["datasource"]["uid"] == "${datasource}"
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def test_every_alert_says_what_is_so_and_what_to_do() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"].endswith(".")
        assert "inv codex." in rule["annotations"]["description"] or "report" in rule["annotations"]["description"]


def test_promtool_agrees_where_it_is_installed(tmp_path: Path) -> None:
    tool = shutil.which("promtool")
    if tool is None:  # most machines have none: the client's own parser and the parser of queries stand above
        return
    rules = subprocess.run([tool, "check", "rules", FOLDER / "alerts.yml"], capture_output=True, check=False)
    assert rules.returncode == 0, rules.stderr.decode()
    text = render(summed(Store(tmp_path)))
    lint = subprocess.run([tool, "check", "metrics"], input=text.encode(), capture_output=True, check=False)
    assert (lint.returncode, lint.stderr) == (0, b"")

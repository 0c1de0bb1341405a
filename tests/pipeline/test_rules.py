"""The rules' table holds in the pinned Codex, and each check of it has been seen to fail."""

import json
from collections.abc import Callable

import pytest

from lab import Lab
from proposer.proving import rules
from proposer.proving.cases import CASES, MINIMUM
from proposer.proving.judgement import Report

RULES = ".codex/rules/default.rules"


def examine(lab: Lab) -> Report:
    return rules.examine(lab.root, cached=True, on_step=lab.steps.append)


def tried(lab: Lab) -> bool:
    """Tell whether commands were run."""
    return any(step.startswith("trying") for step in lab.steps)


def test_the_shipped_rules_do_what_the_table_says(lab: Lab) -> None:
    done = lab.inv("codex.rules", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["exit"], document["problems"]) == (0, 0, [])
    assert document["files"] == [{"path": RULES, "rules": 12}]
    for case in document["cases"]:
        assert case["execpolicy"]["found"] == case["execpolicy"]["expected"], case
        assert case["run"]["found"] == case["run"]["expected"], case
    around = [case for case in document["cases"] if case["run"]["found"] == "runs"]
    assert {"git -C . push", "env git push", "sh -c 'git push'"} <= {case["command"] for case in around}
    assert all(case["contained_by"] for case in around)


def add(text: str) -> Callable[[str], str]:
    return lambda old: f"{old}\n{text}\n"


TESTED = 'match = ["touch x"], not_match = ["ls"]'


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        pytest.param(add(f'prefix_rule(pattern = ["touch"], decision = "allow", {TESTED})'), "allows", id="allow"),
        pytest.param(add(f'prefix_rule(pattern = ["touch"], {TESTED})'), "means allow", id="allow-by-default"),
        pytest.param(
            add('prefix_rule(pattern = ["touch"], decision = "prompt", match = ["touch x"])'), "no not_match",
            id="no-not-match",
        ),
        pytest.param(
            add('prefix_rule(pattern = ["touch"], decision = "prompt", match = ["tough x"], not_match = ["ls"])'),
            "does not load", id="failed-match",
        ),
        pytest.param(add("prefix_rule("), "does not load", id="syntax"),
        pytest.param(add('load("x", "y")'), "does not load", id="load"),
    ],
)  # fmt: skip
def test_an_unsound_file_is_refused_and_nothing_is_run(lab: Lab, edit: Callable[[str], str], words: str) -> None:
    path = lab.root / RULES
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    report = examine(lab)
    assert report.exit_code == 7
    assert any(words in row and RULES in row for row in report.problems), report.problems
    assert not tried(lab)


def test_rules_of_the_minimum_that_are_gone_are_missed(lab: Lab) -> None:
    lab.write(RULES, f'prefix_rule(pattern = ["touch"], decision = "forbidden", {TESTED})\n')
    lab.write(
        CASES, 'version = 1\ncase = [{command = "true", execpolicy = "none", run = "runs", contained_by = "x"}]\n'
    )
    report = examine(lab)
    assert {row for row in report.problems if not row.startswith("no rule refuses `")} == set()
    assert {row.rpartition(" (")[2].rstrip(")") for row in report.problems} == set(MINIMUM)


def test_a_wrong_table_is_told_from_both_sides(lab: Lab) -> None:
    lab.write(
        CASES,
        """version = 1
case = [
  {command = "git push origin x", execpolicy = "none", run = "rules"},
  {command = "git -C . push", execpolicy = "none", run = "rules"},
  {command = "rm -r -f build", execpolicy = "none", run = "rules"},
  {command = "git commit -m y", execpolicy = "forbidden", run = "runs", contained_by = "x"},
  {command = "git push origin y", execpolicy = "forbidden", run = "rules"},
]
""",
    )
    assert examine(lab).problems == (
        "`git push origin x`: execpolicy says forbidden, the table none",
        "`git -C . push`: it runs in a run; the table says: rejected by the rules",
        "`rm -r -f build`: rejected by codex itself in a run; the table says: rejected by the rules",
        "`git commit -m y`: rejected by the rules in a run; the table says: it runs",
    )


def test_a_table_a_folder_or_a_file_that_is_not_there_is_told(lab: Lab) -> None:
    lab.write(".codex/rules/more/x.rules", "")
    lab.write(".codex/rules/y.txt", "")
    (lab.root / CASES).unlink()
    (lab.root / RULES).unlink()
    report = examine(lab)
    assert report.exit_code == 7
    told = "\n".join(report.problems)
    for words in (
        f"there is no {CASES}",
        "there is no .codex/rules/*.rules",
        "more/x.rules is not loaded",
        "y.txt is not",
    ):
        assert words in told
    assert not tried(lab)


def test_a_table_that_cannot_be_read_is_a_usage_error(lab: Lab) -> None:
    lab.write(CASES, "version = 1\n")
    done = lab.inv("codex.rules")
    assert (done.returncode, CASES in done.stderr) == (2, True)


def test_another_codex_than_the_pinned_one_is_drift(lab: Lab) -> None:
    path = lab.root / "codex.lock"
    path.write_text(
        path.read_text(encoding="utf-8").replace('version = "0.163.0"', 'version = "0.162.1"'), encoding="utf-8"
    )
    done = lab.inv("codex.rules", "--json")
    assert (done.returncode, json.loads(done.stdout)["exit"]) == (3, 3)


def test_a_refusal_is_told_to_people_and_exits_7(lab: Lab) -> None:
    lab.write(".codex/rules/more.rules", 'prefix_rule(pattern = ["touch"])\n')
    done = lab.inv("codex.rules")
    assert done.returncode == 7
    assert "! .codex/rules/more.rules: line 1: prefix_rule has no decision" in done.stdout
    assert "problem(s) with the rules" in done.stderr


def test_the_table_is_pinned_and_is_no_rule_of_a_run(lab: Lab) -> None:
    lock = (lab.root / "codex.lock").read_text(encoding="utf-8")
    assert f'"{CASES}" = ' in lock
    lab.write(CASES, (lab.root / CASES).read_text(encoding="utf-8") + "# changed\n")
    assert lab.inv("codex.lock", "--check").returncode == 3

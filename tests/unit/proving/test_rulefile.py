"""A rules file that allows something, or hides what it decides, is refused without being run."""

import pytest

from proposer.proving import rulefile

TESTED = 'match = ["git push"], not_match = ["git pull"]'
GOOD = f'prefix_rule(pattern = ["git", "push"], decision = "forbidden", {TESTED})\n'


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(GOOD, id="forbidden"),
        pytest.param(GOOD.replace("forbidden", "prompt"), id="prompt"),
        pytest.param(f"# prefix_rule allows\n{GOOD}", id="a-comment"),
        pytest.param(GOOD.replace("match = [", 'justification = "allow", match = [', 1), id="the-word-elsewhere"),
        pytest.param('network_rule(host = "a.b", protocol = "https", decision = "deny")\n', id="network-denied"),
        pytest.param('host_executable(name = "git", paths = ["/usr/bin/git"])\n', id="host-executable"),
        pytest.param(f'for tool in ["a", "b"]:\n    {GOOD.replace(chr(34) + "git" + chr(34), "tool", 1)}', id="a-loop"),
        pytest.param("", id="empty"),
    ],
)
def test_rules_that_only_refuse_and_test_themselves_pass(text: str) -> None:
    assert rulefile.problems(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(GOOD.replace("forbidden", "allow"), "allows", id="allow"),
        pytest.param(GOOD.replace('decision = "forbidden", ', ""), "no decision, which means allow", id="no-decision"),
        pytest.param(GOOD.replace('"forbidden"', '"al" + "low"'), "computes its decision", id="put-together"),
        pytest.param("WORD = 'allow'\n" + GOOD.replace('"forbidden"', "WORD"), "computes its decision", id="variable"),
        pytest.param(GOOD.replace("forbidden", "deny"), "decides 'deny'", id="unknown-decision"),
        pytest.param(GOOD.replace("decision = ", ""), "cannot be read", id="positional-after-named"),
        pytest.param('prefix_rule(["git"], "allow")\n', "arguments without names", id="positional"),
        pytest.param('prefix_rule(**{"decision": "allow"})\n', "arguments without names", id="double-star"),
        pytest.param(f"p = prefix_rule\np(pattern = ['a'], {TESTED})\n", "another name", id="alias"),
        pytest.param(f"[prefix_rule][0](pattern = ['a'], {TESTED})\n", "another name", id="in-a-list"),
        pytest.param(f"def prefix_rule(pattern):\n    pass\n{GOOD}", "another name", id="redefined"),
        pytest.param(f"def f(prefix_rule):\n    pass\n{GOOD}", "another name", id="a-parameter"),
        pytest.param(f"for prefix_rule in [1]:\n    pass\n{GOOD}", "another name", id="a-loop-variable"),
        pytest.param(GOOD.replace("not_match = [", "x = ["), "no not_match examples", id="no-not-match"),
        pytest.param(GOOD.replace(" match = [", " x = ["), "no match examples", id="no-match"),
        pytest.param(GOOD.replace('["git pull"]', "[]"), "no not_match examples", id="empty-not-match"),
        pytest.param('network_rule(host = "a.b", decision = "allow")\n', "network_rule allows", id="network-allowed"),
        pytest.param("prefix_rule(", "cannot be read", id="syntax"),
        pytest.param("\0", "cannot be read", id="nul"),
        pytest.param("(" * 5000, "cannot be read", id="nested"),
    ],
)
def test_what_allows_or_hides_is_named_with_its_line(text: str, words: str) -> None:
    found = rulefile.problems(text)
    assert any(words in row for row in found), found


def test_the_line_is_the_one_of_the_rule() -> None:
    assert rulefile.problems(GOOD + GOOD.replace("forbidden", "allow"))[0].startswith("line 2: prefix_rule allows")
    assert rulefile.count(GOOD * 3) == 3

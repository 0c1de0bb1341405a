"""The tool that takes rules out: it finds each kind of rule, and says of a rule without a test that nobody noticed."""

import sys
from pathlib import Path

import pytest

import mutants

SOURCE = """
import re
__all__ = ["x"]
TABLE = ("one", "two")
WORDS = "alpha beta gamma"
PATTERN = re.compile("a(?:b|c)|d")
TYPED: tuple[str, ...] = ("three",)
Alias = dict[str, int]


def judge(x):
    if x in TABLE and x:
        return 1
    return 0
"""
WANTED = {
    'TABLE: item "one"': 'TABLE = ( "two")',
    'TABLE: item "two"': 'TABLE = ("one", )',
    'TYPED: item "three"': "TYPED: tuple[str, ...] = ()",
    "WORDS: word alpha": 'WORDS = " beta gamma"',
    "WORDS: word gamma": 'WORDS = "alpha beta "',
    "PATTERN: alternative |c": '"a(?:b)|d"',
    "PATTERN: alternative b|": '"a(?:c)|d"',
    "PATTERN: alternative |d": '"a(?:b|c)"',
    "PATTERN: alternative a(?:b|c)|": '"d"',
    "judge: part x in TABLE": "if True and x:",
    "judge: part x": "if x in TABLE and True:",
    "judge: true for x in TABLE and x": "if (True):",
    "judge: false for x in TABLE and x": "if (False):",
}


@pytest.mark.parametrize("label", WANTED)
def test_each_kind_of_rule_is_taken_out(label: str) -> None:
    found = {mutant.label: mutant.source for mutant in mutants.mutants("m", SOURCE)}
    assert WANTED[label] in found[label]


def test_nothing_else_is_touched() -> None:
    found = {mutant.label for mutant in mutants.mutants("m", SOURCE)}
    assert found == {*WANTED, "WORDS: word beta"}


def written(vowel: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Write a module and a test that wants a vowel in it."""
    (folder / "ruled.py").write_text('VOWELS = ("a", "e")\n')
    test = folder / "test_ruled.py"
    test.write_text(f"import ruled\n\n\ndef test_a():\n    assert '{vowel}' in ruled.VOWELS\n")
    monkeypatch.setattr(mutants, "SOURCES", folder)
    monkeypatch.syspath_prepend(folder)
    assert "ruled" not in sys.modules
    return [str(test), f"--rootdir={folder}"]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_rule_that_no_test_needs_survives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    viable, lived = mutants.survivors("ruled", written("a", tmp_path, monkeypatch), workers=1)
    assert viable == 2
    assert [mutant.label for mutant in lived] == ['VOWELS: item "e"']


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_tests_that_fail_in_any_case_notice_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tests = written("o", tmp_path, monkeypatch)
    with pytest.raises(SystemExit, match="ruled: its tests fail although nothing was taken out"):
        mutants.survivors("ruled", tests, workers=1)

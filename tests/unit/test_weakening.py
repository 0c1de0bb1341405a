"""What weakens tests is found by its meaning, and honest changes to tests are let through."""

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

from proposer.outputs.reasons import CODES
from proposer.outputs.weakening import weakenings

HEAD = "import pytest\nfrom shop.ledger import post, total\n\n\n"
CLASSIC = "import unittest\nfrom shop.ledger import total\n\n\nclass LedgerTest(unittest.TestCase):\n"


def code(text: str) -> str:
    head = "import pytest\n" if "from shop" in text else HEAD
    return head + textwrap.dedent(text).strip() + "\n"


def method(text: str) -> str:
    return CLASSIC + textwrap.indent(textwrap.dedent(text).strip(), "    ") + "\n"


def changes(name: str) -> list[Any]:
    """Read a file of changes: (what must be found, before, after), under its title."""
    text = (Path(__file__).parent / "changes" / f"{name}.txt").read_text(encoding="utf-8")
    rows = []
    for block in re.split(r"(?m)^=== ", text)[1:]:
        head, _, body = block.partition("\n")
        title, _, wanted = head.partition(" -> ")
        before, after = body.strip("\n").split("\n---\n")
        rows.append(pytest.param(wanted, before, after, id=title))
    return rows


def found(before: str | None, after: str | None, path: str = "tests/test_ledger.py") -> list[tuple[str, str, str]]:
    old = {} if before is None else {path: before}
    new = {} if after is None else {path: after}
    return [tuple(reason) for reason in weakenings(old, new)]


@pytest.mark.parametrize(("wanted", "before", "after"), changes("weaker"))
def test_a_weaker_test_is_found(wanted: str, before: str, after: str) -> None:
    rows = found(code(before), code(after))
    assert wanted in [row[0] for row in rows], rows
    assert all(row[0] in CODES and row[1] == "tests/test_ledger.py" for row in rows)


@pytest.mark.parametrize(("wanted", "before", "after"), changes("weaker_unittest"))
def test_a_weaker_unittest_is_found(wanted: str, before: str, after: str) -> None:
    rows = found(method(before), method(after))
    assert wanted in [row[0] for row in rows], rows


@pytest.mark.parametrize("path", ["tests/test_z.py", "tests/__init__.py", "tests/lab.py"])
def test_a_file_without_tests_that_ends_the_run_is_found(path: str) -> None:
    assert [row[0] for row in found(None, "import sys\nsys.exit(0)\n", path)] == ["test-not-run"]
    assert found(None, "import sys\n\n\ndef stop():\n    sys.exit(0)\n", path) == []


@pytest.mark.parametrize(("wanted", "before", "after"), changes("honest"))
def test_an_honest_change_of_a_test_is_let_through(wanted: str, before: str, after: str) -> None:
    assert wanted == ""
    assert found(code(before), code(after)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def test_a(self):\n    self.assertEqual(total([1]), 1)", "def test_a(self):\n    assert total([1]) == 1"),
        (
            "def test_a(self):\n    self.assertEqual(1, total([1]))",
            "def test_a(self):\n    self.assertEqual(total([1]), 1)",
        ),
        (
            "def test_a(self):\n    self.assertEquals(total([1]), 1)",
            "def test_a(self):\n    self.assertEqual(total([1]), 1)",
        ),
        (
            "def test_a(self):\n    self.assertTrue(total([1]) == 1)",
            "def test_a(self):\n    self.assertEqual(total([1]), 1)",
        ),
        (
            "def test_a(self):\n    self.assertTrue(total([1]) is None)",
            "def test_a(self):\n    self.assertIsNone(total([1]))",
        ),
        (
            "def test_a(self):\n    with self.assertRaises(ValueError):\n        total(None)",
            "def test_a(self):\n    with self.assertRaisesRegex(ValueError, 'no'):\n        total(None)",
        ),
        (
            "def test_a(self):\n    for x in 1, 2:\n        self.assertEqual(total([x]), x)",
            "def test_a(self):\n    for x in 1, 2:\n        with self.subTest(x):\n            assert total([x]) == x",
        ),
    ],
    ids=["to pytest", "sides", "new name", "from truth", "none", "message", "subTest"],
)
def test_an_honest_change_of_a_unittest_is_let_through(before: str, after: str) -> None:
    assert found(method(before), method(after)) == []


def test_unittest_to_functions_is_let_through() -> None:
    assert (
        found(
            method("def test_a(self):\n    self.assertEqual(total([1]), 1)"),
            code("def test_a():\n    assert total([1]) == 1"),
        )
        == []
    )


def test_a_test_that_moves_to_another_file_is_let_through() -> None:
    text = code("def test_a():\n    assert total([1]) == 1")
    assert weakenings({"tests/test_a.py": text}, {"tests/unit/test_ledger.py": text}) == []
    changed = text.replace("shop.ledger", "shop.books.ledger").replace("test_a", "test_total")
    assert weakenings({"tests/test_a.py": text}, {"tests/unit/test_ledger.py": changed}) == []


@pytest.mark.parametrize(
    "name",
    [
        "src/shop/ledger.py",
        "docs/test_a.py",
        "tests/build/test_a.py",
        "tests/ledger.py",
        "tests/check_ledger.py",
        "tests/test_ledger.txt",
    ],
)
def test_a_test_that_moves_where_nothing_collects_it_is_removed(name: str) -> None:
    text = code("def test_a():\n    assert total([1]) == 1")
    rows = weakenings({"tests/test_a.py": text}, {name: text})
    assert [(row.code, row.path) for row in rows] == [("test-removed", "tests/test_a.py")]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("tests/shop/ledger.py", True),
        ("tests/unit/shop/ledger.py", True),
        ("tests/shop.py", True),
        ("tests/shop/test_ledger.py", False),
        ("tests/shop/__init__.py", False),
        ("tests/shop/fakes.py", False),
        ("tests/helpers/ledger.py", False),
        ("src/shop/other.py", False),
    ],
)
def test_a_file_that_stands_in_the_way_of_the_subject_is_found(path: str, found: bool) -> None:
    tracked = ("src/shop/__init__.py", "src/shop/ledger.py", "tests/test_ledger.py", path)
    rows = weakenings({}, {path: "def total(_):\n    return 1\n"}, tracked=tracked)
    assert [(row.code, row.path) for row in rows] == ([("subject-mocked", path)] if found else [])


def test_a_deleted_file_names_each_of_its_tests() -> None:
    rows = found(code("def test_a():\n    assert total([1]) == 1\n\ndef test_b():\n    assert post(1) == [2]"), None)
    assert rows == [
        ("test-removed", "tests/test_ledger.py", "test_a is gone"),
        ("test-removed", "tests/test_ledger.py", "test_b is gone"),
    ]


@pytest.mark.parametrize("name", ["src/shop/testcases.py", "src/shop/tester.py", "src/testament.py"])
def test_a_module_that_begins_like_a_test_is_none(name: str) -> None:
    assert weakenings({name: "def test_a():\n    assert f() == 1\n"}, {name: "x = 1\n"}) == []


def test_tests_of_django_are_tests() -> None:
    before = "from django.test import TestCase\nclass A(TestCase):\n    def test_a(self):\n        assert f() == 1\n"
    assert [row[0] for row in found(before, "x = 1\n", "shop/tests.py")] == ["test-removed"]


@pytest.mark.parametrize(
    "text",
    [
        "def test_a(:\n",
        "def test_a():\n\tif x:\n        assert 1\n",
        "assert \0\n",
        "def test_a():\n    assert " + "(" * 5000 + "1" + ")" * 5000,
        "def test_a():\n    assert " + "-" * 100_000 + "1",
        "x = " + "[" * 150 + "]" * 150 + "\n" + "y" + ".a" * 60_000,
        "def test_a():\n    assert " + "+".join(["x"] * 50_000),
        "if x:\n" + "".join(" " * (n + 1) + "if x:\n" for n in range(98)) + " " * 120 + "(",
    ],
    ids=["syntax", "tabs", "nul", "parentheses", "signs", "attributes", "sums", "blocks"],
)
def test_a_test_file_that_cannot_be_read_is_a_weakening_and_not_a_crash(text: str) -> None:
    rows = found(code("def test_a():\n    assert total([1]) == 1"), text)
    assert {row[0] for row in rows} & {"test-unreadable", "test-removed", "assertion-loosened", "assertion-removed"}


def test_a_file_that_could_not_be_read_before_may_be_mended() -> None:
    assert found("def test_a(:\n", code("def test_a():\n    assert total([1]) == 1")) == []


SILENCED = [
    ("x = f()  # noqa", "noqa"),
    ("x = f()  # NOQA: F401", "noqa"),
    ("# ruff: noqa", "noqa"),
    ("# flake8: noqa", "noqa"),
    ("x = f()  # type: ignore", "type: ignore"),
    ("x = f()  # type: ignore[arg-type]", "type: ignore"),
    ("x = f()  # pyright: ignore", "pyright"),
    ("# mypy: ignore-errors", "mypy"),
    ('# mypy: disable-error-code="arg-type"', "mypy"),
    ("x = f()  # pragma: no cover", "no cover"),
    ("x = f()  # pragma: no branch", "no cover"),
    ("x = f()  # nosec", "nosec"),
    ("x = f()  # nosec B101", "nosec"),
    ("x = f()  # pylint: disable=all", "pylint"),
    ("# pylint: skip-file", "pylint"),
    ("x = f()  # nosemgrep", "scanner"),
    ("x = f()  # NOSONAR", "scanner"),
    ("x = f()  # gitleaks:allow", "scanner"),
]


@pytest.mark.parametrize(("line", "kind"), SILENCED, ids=[row[0] for row in SILENCED])
@pytest.mark.parametrize("path", ["src/shop/a.py", "tests/test_a.py"])
def test_a_comment_that_silences_a_check_is_found(line: str, kind: str, path: str) -> None:
    rows = weakenings({path: "x = f()\n"}, {path: f"import os\n{line}\n"})
    assert [(row.code, row.path) for row in rows] == [("suppression", path)]
    assert rows[0].message.startswith(f"line 2 silences a check: {kind}")
    assert weakenings({}, {path: f"{line}\n"})[0].code == "suppression"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = f()  # noqa\n", "import os\nx = f(1)  # noqa\n"),
        ("x = f()  # noqa\n", "x = f()  # noqa: F401\n"),
        ("x = f()  # type: ignore\n", "x = f()  # type: ignore[arg-type]\n"),
        ("x = f()  # noqa: E501, F401\n", "x = f()  # noqa: F401\n"),
        ("x = f()  # noqa\n", "x = f()\n"),
        ("x = 1\n", "x = '# noqa'\n"),
        ("x = 1\n", 'x = """\n# type: ignore\n"""\n'),
        ("x = 1\n", "x = 1  # the linter is right about quality and noqarter\n"),
        ("x = 1\n", "x = 1  # type: int\n"),
        ("x = 1\n", "x = 1  # this type ignores order\n"),
        ("x = 1\n", "x = 1  # fmt: skip\n"),
    ],
    ids=[
        "kept",
        "narrowed",
        "narrowed type",
        "fewer codes",
        "gone",
        "string",
        "long string",
        "word",
        "type",
        "prose",
        "fmt",
    ],
)
def test_a_comment_that_silences_no_more_than_before_is_let_through(before: str, after: str) -> None:
    assert weakenings({"src/a.py": before}, {"src/a.py": after}) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = f()  # noqa: F401\n", "x = f()  # noqa\n"),
        ("x = f()  # type: ignore[arg-type]\n", "x = f()  # type: ignore\n"),
        ("x = f()  # noqa: F401\n", "x = f()  # noqa: F401, S603\n"),
        ("x = f()  # noqa\n", "x = f()  # noqa\ny = f()  # noqa\n"),
    ],
)
def test_a_comment_that_silences_more_than_before_is_found(before: str, after: str) -> None:
    assert [row.code for row in weakenings({"src/a.py": before}, {"src/a.py": after})] == ["suppression"]


def test_a_silencing_comment_moves_with_its_file() -> None:
    assert weakenings({"src/a.py": "x = f()  # noqa\n"}, {"src/b.py": "x = f()  # noqa\n"}) == []


@pytest.mark.parametrize(
    "line",
    [
        "// eslint-disable-next-line no-eval",
        "/* eslint-disable */",
        "// @ts-ignore",
        "// @ts-nocheck",
        "/* istanbul ignore next */",
    ],
)
def test_a_silencing_comment_in_a_script_is_found(line: str) -> None:
    assert [row.code for row in weakenings({}, {"web/a.ts": f"const x = 1\n{line}\n"})] == ["suppression"]


LOOSER = [
    ("pyproject.toml", "[tool.coverage.report]\nfail_under = 90\n", "[tool.coverage.report]\nfail_under = 50\n"),
    ("pyproject.toml", "[tool.coverage.report]\nfail_under = 90\n", "[tool.coverage.report]\nshow_missing = true\n"),
    ("pyproject.toml", "[tool.coverage.run]\nbranch = true\n", "[tool.coverage.run]\nbranch = false\n"),
    ("pyproject.toml", "[tool.coverage.run]\nsource = ['a', 'b']\n", "[tool.coverage.run]\nsource = ['a']\n"),
    ("pyproject.toml", "[tool.coverage.run]\n", "[tool.coverage.run]\nomit = ['src/*']\n"),
    ("pyproject.toml", "[tool.coverage.report]\n", "[tool.coverage.report]\nexclude_also = ['def ']\n"),
    ("pyproject.toml", "[tool.ruff.lint]\nselect = ['ALL']\n", "[tool.ruff.lint]\nselect = ['E']\n"),
    ("pyproject.toml", "[tool.ruff.lint]\nignore = ['E1']\n", "[tool.ruff.lint]\nignore = ['E1', 'S']\n"),
    ("pyproject.toml", "[tool.ruff.lint]\n", "[tool.ruff.lint.per-file-ignores]\n'src/**' = ['S']\n"),
    ("pyproject.toml", "[tool.ruff]\n", "[tool.ruff]\nextend-exclude = ['src']\n"),
    (
        "pyproject.toml",
        "[tool.ruff.lint.mccabe]\nmax-complexity = 10\n",
        "[tool.ruff.lint.mccabe]\nmax-complexity = 99\n",
    ),
    ("pyproject.toml", "[tool.mypy]\nstrict = true\n", "[tool.mypy]\nstrict = false\n"),
    ("pyproject.toml", "[tool.mypy]\nstrict = true\n", "[tool.mypy]\n"),
    ("pyproject.toml", "[tool.mypy]\n", "[tool.mypy]\nignore_errors = true\n"),
    ("pyproject.toml", "[tool.mypy]\n", "[[tool.mypy.overrides]]\nmodule = ['shop.*']\nignore_errors = true\n"),
    ("pyproject.toml", "[tool.mypy]\n", "[tool.mypy]\ndisable_error_code = ['arg-type']\n"),
    (
        "pyproject.toml",
        "[tool.pytest.ini_options]\naddopts = '-ra'\n",
        "[tool.pytest.ini_options]\naddopts = '-ra --ignore=tests/unit'\n",
    ),
    (
        "pyproject.toml",
        "[tool.pytest.ini_options]\naddopts = '-ra'\n",
        "[tool.pytest.ini_options]\naddopts = ['-ra', '-k', 'not ledger']\n",
    ),
    (
        "pyproject.toml",
        "[tool.pytest.ini_options]\n",
        "[tool.pytest.ini_options]\naddopts = '--deselect tests/test_a.py::test_b'\n",
    ),
    (
        "pyproject.toml",
        "[tool.pytest.ini_options]\naddopts = '--cov-fail-under=90'\n",
        "[tool.pytest.ini_options]\naddopts = '--cov-fail-under=9'\n",
    ),
    (
        "pyproject.toml",
        "[tool.pytest.ini_options]\naddopts = '--strict-markers'\n",
        "[tool.pytest.ini_options]\naddopts = ''\n",
    ),
    (
        "pyproject.toml",
        "[tool.pytest.ini_options]\nfilterwarnings = ['error']\n",
        "[tool.pytest.ini_options]\nfilterwarnings = ['error', 'ignore::UserWarning']\n",
    ),
    ("pyproject.toml", "[tool.pytest.ini_options]\nfilterwarnings = ['error']\n", "[tool.pytest.ini_options]\n"),
    (
        "pyproject.toml",
        "[tool.pytest.ini_options]\ntestpaths = ['tests', 'more']\n",
        "[tool.pytest.ini_options]\ntestpaths = ['tests']\n",
    ),
    (
        "pyproject.toml",
        "[tool.pytest.ini_options]\nxfail_strict = true\n",
        "[tool.pytest.ini_options]\nxfail_strict = false\n",
    ),
    ("pyproject.toml", "[[tool.importlinter.contracts]]\nid = 'layers'\n", "[tool.importlinter]\n"),
    ("setup.cfg", "[tool:pytest]\naddopts = -ra\n", "[tool:pytest]\naddopts = -ra -p no:cov\n"),
    ("setup.cfg", "[flake8]\nextend-ignore = E1\n", "[flake8]\nextend-ignore = E1,F\n"),
    ("setup.cfg", "[mypy]\nstrict = True\n", "[mypy]\nstrict = False\n"),
    ("setup.cfg", "[coverage:report]\nfail_under = 80\n", "[coverage:report]\nfail_under = 10\n"),
    (".coveragerc", "[report]\nfail_under = 80\n", "[report]\nfail_under = 10\n"),
    (".coveragerc", "[report]\nfail_under = 80\n", None),
    ("ruff.toml", "[lint]\nselect = ['E', 'F', 'S']\n", "[lint]\nselect = ['E', 'F']\n"),
    ("mypy.ini", "[mypy]\nwarn_unused_ignores = true\n", "[mypy]\nwarn_unused_ignores = false\n"),
    ("pytest.ini", "[pytest]\naddopts = -ra\n", "[pytest]\naddopts = -ra -m 'not ledger'\n"),
    (
        "pyrightconfig.json",
        '{"typeCheckingMode": "strict", "strictListInference": true}',
        '{"typeCheckingMode": "strict", "strictListInference": false}',
    ),
    ("pyproject.toml", "[tool.ruff]\n", "[tool.ruff\n"),
    (
        "noxfile.py",
        "@nox.session\ndef tests(s):\n    s.run('pytest', '--cov-fail-under=90')\n",
        "@nox.session\ndef tests(s):\n    s.run('pytest', '--cov-fail-under=9')\n",
    ),
    ("noxfile.py", "@nox.session\ndef types(s):\n    s.run('mypy')\n", "x = 1\n"),
    (
        "noxfile.py",
        "@nox.session\ndef lint(s):\n    s.run('ruff', 'check')\n    s.run('mypy')\n",
        "@nox.session\ndef lint(s):\n    s.run('ruff', 'check')\n",
    ),
    (
        "noxfile.py",
        "@nox.session\ndef lint(s):\n    s.run('ruff', 'check')\n",
        "@nox.session\ndef lint(s):\n    s.run('ruff', 'check', '--exit-zero')\n",
    ),
    (
        "noxfile.py",
        "@nox.session\ndef lint(s):\n    s.run('mypy')\n",
        "@nox.session\ndef lint(s):\n    s.run('mypy', success_codes=[0, 1])\n",
    ),
    ("tests/conftest.py", "import pytest\n", "import pytest\ncollect_ignore = ['test_a.py']\n"),
    ("tests/conftest.py", "import pytest\n", "def pytest_collection_modifyitems(items):\n    items.clear()\n"),
]


@pytest.mark.parametrize(("path", "before", "after"), LOOSER)
def test_a_looser_setting_is_found(path: str, before: str, after: str | None) -> None:
    rows = found(before, after, path)
    assert {row[0] for row in rows} == {"settings-loosened"}, rows


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("pyproject.toml", "[tool.coverage.report]\nfail_under = 80\n", "[tool.coverage.report]\nfail_under = 90\n"),
        ("pyproject.toml", "[tool.ruff.lint]\nselect = ['E', 'F']\n", "[tool.ruff.lint]\nselect = ['ALL']\n"),
        ("pyproject.toml", "[tool.ruff.lint]\nselect = ['E501']\n", "[tool.ruff.lint]\nselect = ['E']\n"),
        ("pyproject.toml", "[tool.ruff.lint]\nignore = ['E1', 'S']\n", "[tool.ruff.lint]\nignore = ['E1']\n"),
        ("pyproject.toml", "[project]\nversion = '1'\n", "[project]\nversion = '2'\ndependencies = ['x']\n"),
        ("pyproject.toml", "[tool.mypy]\n", "[tool.mypy]\nstrict = true\n"),
        (
            "pyproject.toml",
            "[tool.pytest.ini_options]\naddopts = '-ra'\n",
            "[tool.pytest.ini_options]\naddopts = '-ra --strict-markers -W error'\n",
        ),
        (
            "pyproject.toml",
            "[tool.pytest.ini_options]\naddopts = '--cov-fail-under=80'\n",
            "[tool.pytest.ini_options]\naddopts = '--cov-fail-under=85'\n",
        ),
        ("pyproject.toml", "[tool.pytest.ini_options]\n", "[tool.pytest.ini_options]\nfilterwarnings = ['error']\n"),
        ("setup.cfg", "[metadata]\nname = x\n", "[metadata]\nname = y\n"),
        (
            "noxfile.py",
            "@nox.session\ndef tests(s):\n    s.run('pytest')\n",
            "@nox.session\ndef tests(s):\n    s.run('pytest', '--cov')\n    s.run('mypy')\n",
        ),
        ("tests/conftest.py", "import pytest\n", "import pytest\n\n@pytest.fixture\ndef x():\n    return 1\n"),
    ],
)
def test_a_stricter_or_unrelated_setting_is_let_through(path: str, before: str, after: str) -> None:
    assert found(before, after, path) == []


@pytest.mark.parametrize(
    ("lines", "hides"),
    [
        ("src/", True),
        ("src", True),
        ("/src/", True),
        ("*.py", True),
        ("sr\\c", True),
        ("tests/test_*.py", True),
        ("**/ledger.py", True),
        ("*\n!README.md", True),
        ("src/\n!src/shop/ledger.py", True),
        ("src/*\n!src/shop/", False),
        ("*.py\n!*.py", False),
        ("dist/", False),
        ("*.pyc", False),
        ("!src/", False),
        ("# src/", False),
        ("src/shop/ledger.py/", False),
        (".env.*", False),
    ],
)
def test_an_ignore_file_may_not_hide_what_is_tracked(lines: str, hides: bool) -> None:
    tracked = ("src/shop/ledger.py", "tests/test_ledger.py", "README.md")
    rows = weakenings({".gitignore": "build/\n"}, {".gitignore": f"build/\n{lines}\n"}, tracked=tracked)
    assert [row.code for row in rows] == (["settings-loosened"] if hides else [])


def test_an_ignore_file_below_counts_from_its_folder() -> None:
    tracked = ("src/shop/ledger.py", "shop/ledger.py")
    assert weakenings({}, {"src/.gitignore": "shop/\n"}, tracked=tracked)[0].message.startswith("hides shop/ledger.py")
    assert weakenings({}, {"docs/.gitignore": "shop/\n"}, tracked=tracked) == []
    assert weakenings({".gitignore": "src/\n"}, {".gitignore": "src/\nx\n"}, tracked=tracked) == []


def test_the_source_of_a_template_is_no_python_and_no_reason() -> None:
    path, text = "template/{{x}}/tests/test_a.py", "from {{ x }}.a import b\n"
    assert weakenings({}, {path: text}) == []
    assert weakenings({path: text}, {path: text + "# more\n"}) == []
    assert [row.code for row in weakenings({path: "x = 1\n"}, {path: text})] == ["test-unreadable"]


BOMBS = {
    "helper": "def check(x):\n" + "    assert x == 1\n" * 300 + "def test_a():\n" + "    check(total([1]))\n" * 300,
    "tests": "".join(f"def test_{n}():\n    assert total([{n}]) == {n}\n" for n in range(400)),
    "lines": "\n" * 200_000,
    "comments": "# " * 100_000,
    "names": "def test_a():\n"
    + "".join(f"    x{n + 1} = x{n} + x{n}\n" for n in range(1500))
    + "    assert x1500 == 1\n",
    "ranges": "def test_a():\n" + "".join(f"    for x in range({n}, 10**9):\n        assert x\n" for n in range(900)),
    "classes": "".join(f"class T{n}(T{n + 1}):\n    pass\n" for n in range(1500)),
    "marks": "a = b.c\nb = a.c\n@a.b\ndef test_a():\n    assert total([1]) == 1\n",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_that_is_made_to_take_long_does_not(name: str) -> None:
    """That it ends is the point: each of these took minutes in some form of the check."""
    small = code("def test_a():\n    assert total([1]) == 1")
    for before, after in ((small, BOMBS[name]), (BOMBS[name], small), (BOMBS[name], BOMBS[name] + "\nx = 1\n")):
        weakenings(
            {"tests/test_a.py": before, "web/a.test.ts": before}, {"tests/test_a.py": after, "web/a.test.ts": after}
        )

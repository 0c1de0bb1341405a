"""Receipts of test runs: what a green exit status hides is seen, and whatever lies in their place does no harm."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from proposer.invocation import receipts, witness
from proposer.invocation.receipts import Session

TEST = "tests/test_a.py::test_x"
TESTS = """
import pytest


def test_good():
    assert 1 + 1 == 2


def test_bad():
    assert 1 + 1 == 3


def test_skipped():
    pytest.skip("x")


@pytest.mark.xfail
def test_awaited():
    assert 1 + 1 == 3


@pytest.fixture
def late():
    yield
    raise ValueError


def test_torn_down(late):
    pass
"""


def ran(items: int | None = 2, **outcomes: str) -> Session:
    return Session(items=items, outcomes={f"tests/test_a.py::test_{name}": word for name, word in outcomes.items()})


@pytest.mark.parametrize(
    ("session", "failing", "words"),
    [
        pytest.param(ran(x="passed", y="passed"), [TEST], "", id="all-passed"),
        pytest.param(ran(x="passed", y="skipped"), [TEST], "", id="another-one-skipped"),
        pytest.param(ran(None, x="passed"), [TEST], "", id="nobody-counted"),
        pytest.param(ran(x="passed", y="passed"), ["test_a.py::test_x"], "", id="from-another-folder"),
        pytest.param(ran(x="passed", y="passed"), ["tests/test_b.py::test_x"], "", id="not-among-the-checks"),
        pytest.param(ran(x="failed", y="passed"), [TEST], "test_x had failed", id="a-failure-behind-a-green-status"),
        pytest.param(ran(x="passed"), [TEST], "ended after 1 of 2 tests", id="ended-early"),
        pytest.param(ran(x="skipped", y="passed"), [TEST], "test_x was skipped", id="skipped"),
        pytest.param(ran(x="xfailed", y="passed"), [TEST], "test_x was xfailed", id="expected-to-fail"),
        pytest.param(ran(x="skipped", y="passed"), ["a/tests/test_a.py::test_x"], "was skipped", id="from-above"),
        pytest.param(ran(x="skipped", y="skipped"), ["tests/test_a.py"], "was skipped", id="the-whole-file"),
        pytest.param(Session(items=1, outcomes={f"{TEST}[1]": "skipped"}), [TEST], "was skipped", id="its-cases"),
    ],
)
def test_what_speaks_against_a_green_run(session: Session, failing: list[str], words: str) -> None:
    found = list(receipts.faults([session], failing))
    assert len(found) == bool(words), found
    assert words in "".join(found)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        pytest.param(("python", "-m", "pytest", "-q"), True, id="module"),
        pytest.param(("/usr/bin/pytest",), True, id="program"),
        pytest.param(("sh", "-c", "cd x && pytest -q"), True, id="shell"),
        pytest.param(("python", "-m", "unittest"), False, id="unittest"),
        pytest.param(("ruff", "check", "--config", "pytest.ini"), False, id="a-file-of-its-name"),
    ],
)
def test_which_commands_must_leave_one(command: tuple[str, ...], expected: bool) -> None:
    assert receipts.expected(command) is expected


GOOD = '{"items": 1, "outcomes": {"a": "passed"}}'


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("", 0, id="empty"),
        pytest.param(GOOD + "\n" + GOOD + "\n", 2, id="two-runs"),
        pytest.param(GOOD[:-2], None, id="cut-short"),
        pytest.param("[" * 100_000, None, id="nested-beyond-reason"),
        pytest.param("[]", None, id="another-form"),
        pytest.param('{"items": "1", "outcomes": {}}', None, id="a-count-that-is-none"),
        pytest.param('{"items": 1, "outcomes": []}', None, id="no-table"),
        pytest.param(GOOD.replace("passed", "splendid"), None, id="an-outcome-that-is-none"),
        pytest.param("\xff", None, id="bytes"),
    ],
)
def test_a_receipt_is_read_once(tmp_path: Path, text: str, count: int | None) -> None:
    path = tmp_path / "receipt"
    path.write_bytes(text.encode("latin-1"))
    found = receipts.read(path)
    assert (None if found is None else len(found)) == count
    assert not path.exists()


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    path, other = tmp_path / "receipt", tmp_path / "other"
    assert receipts.read(path) == ()
    other.write_text(GOOD, encoding="utf-8")
    path.symlink_to(other)
    assert receipts.read(path) is None
    assert other.exists()
    path.unlink()
    os.mkfifo(path)
    assert receipts.read(path) is None
    path.unlink()
    path.mkdir()
    assert receipts.read(path) is None


def run(folder: Path, text: str, *argv: str) -> tuple[int, tuple[Session, ...] | None]:
    """Run pytest with the witness beside it; returns its exit status and the receipts."""
    (folder / "test_it.py").write_text(text, encoding="utf-8")
    beside = folder / "beside"
    beside.mkdir()
    (beside / "proposer_witness.py").write_bytes(Path(witness.__file__).read_bytes())
    env = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(beside), "PROPOSER_COPY": str(folder),
        "PROPOSER_MODULES": "", "PROPOSER_RECEIPT": str(folder / "receipt"), "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    options = ("-q", "-p", "proposer_witness", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(folder))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *argv, "test_it.py"], cwd=folder, env=env, capture_output=True,
        check=False,
    )  # fmt: skip
    return done.returncode, receipts.read(folder / "receipt")


def test_the_witness_tells_what_became_of_each_test(tmp_path: Path) -> None:
    status, found = run(tmp_path, TESTS)
    assert status == 1
    assert found is not None
    assert [(one.items, dict(one.outcomes)) for one in found] == [
        (5, {
            "test_it.py::test_good": "passed", "test_it.py::test_bad": "failed", "test_it.py::test_skipped": "skipped",
            "test_it.py::test_awaited": "xfailed", "test_it.py::test_torn_down": "failed",
        })
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "status", "faults"),
    [
        pytest.param("import os; os._exit(0)", 0, None, id="ends-the-process"),
        pytest.param("import atexit, os; atexit.register(lambda: os._exit(0))", 0, 1, id="ends-it-later"),
        pytest.param("import nothing_of_this_name", 2, 1, id="does-not-load"),
    ],
)
def test_a_run_that_ends_itself_leaves_no_good_receipt(
    tmp_path: Path, line: str, status: int, faults: int | None
) -> None:
    returned, found = run(tmp_path, f"{line}\n{TESTS}")
    assert returned == status
    assert found is not None
    assert (len(list(receipts.faults(found, []))) if found else None) == faults


def test_what_a_test_starts_itself_leaves_no_receipt(tmp_path: Path) -> None:
    inner = "import os\n\n\ndef test_it():\n    assert 'PROPOSER_RECEIPT' not in os.environ\n"
    status, found = run(tmp_path, inner)
    assert status == 0
    assert found is not None
    assert len(found) == 1


def test_workers_are_not_taken_for_runs_of_their_own(tmp_path: Path) -> None:
    status, found = run(tmp_path, "def test_a():\n    pass\n\n\ndef test_b():\n    pass\n", "-n", "2")
    assert status == 0
    assert found is not None
    assert [(one.items, sorted(one.outcomes.values())) for one in found] == [(None, ["passed", "passed"])]

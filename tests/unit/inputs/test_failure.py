"""The same failure has the same signature, whatever the day, the machine and the run; another one has another."""

import pytest

from proposer.inputs.failure import failed_tests, signature

PYTEST = "E   assert 6 == 3\nFAILED tests/test_a.py::test_x[1-2] - assert 6 == 3\n1 failed in 0.03s\n"
PLAIN = (
    "2026-01-02T03:04:05Z build 4f5a6b7c8d\n/home/a/work/src/x.py:12: error: no name 'y'\n"
    "object at 0x7f00aa\nFound 1 error in 3.2 s\n"
)
SAME = [
    ("another message", PYTEST, PYTEST.replace("6", "9").replace("0.03", "1.5")),
    ("colours", PYTEST, PYTEST.replace("FAILED", "\x1b[31mFAILED\x1b[0m")),
    ("the times of a runner", PYTEST, PYTEST.replace("FAILED", "job\tstep\t2026-01-02T03:04:05.1234567Z FAILED")),
    ("line ends", PYTEST, PYTEST.replace("\n", "\r\n")),
    ("another order", PYTEST + "FAILED b.py::t\n", "FAILED b.py::t\n" + PYTEST),
    ("another day and machine", PLAIN, PLAIN.replace("2026-01-02T03:04:05Z", "2027-11-12 13:14:15,123")
     .replace("4f5a6b7c8d", "aaaaaaaaaa").replace("/home/a/work/", "/builds/b/").replace("0x7f00aa", "0x1")
     .replace("3.2 s", "11 s")),
]  # fmt: skip
OTHER = [
    ("another test", PYTEST, PYTEST.replace("test_x", "test_y")),
    ("another case", PYTEST, PYTEST.replace("[1-2]", "[1-3]")),
    ("one more test", PYTEST, PYTEST + "ERROR tests/test_b.py\n"),
    ("another line", PLAIN, PLAIN.replace(":12:", ":13:")),
    ("another name", PLAIN, PLAIN.replace("'y'", "'z'")),
]


@pytest.mark.parametrize(("one", "two"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_one_failure_has_one_signature(one: str, two: str) -> None:
    assert signature(one) == signature(two)


@pytest.mark.parametrize(("one", "two"), [row[1:] for row in OTHER], ids=[row[0] for row in OTHER])
def test_two_failures_have_two(one: str, two: str) -> None:
    assert signature(one) != signature(two)


def test_what_is_said_beside_the_log_counts() -> None:
    assert len({signature(PYTEST), signature(PYTEST, ["a hint"]), signature(PYTEST, ["another"])}) == 3


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param("FAILED tests/a.py::t - assert 1 == 2", ["tests/a.py::t"], id="with-its-message"),
        pytest.param("ERROR tests/a.py", ["tests/a.py"], id="a-file-that-does-not-load"),
        pytest.param("2026-01-02T03:04:05Z FAILED a.py::t", ["a.py::t"], id="after-a-time"),
        pytest.param("03:04:05,123 ERROR root - connection refused", [], id="a-line-of-an-application"),
        pytest.param("2 FAILED a.py::t", [], id="after-something-else"),
        pytest.param("FAILED because of a.py::t", [], id="a-sentence"),
    ],
)
def test_the_tests_that_a_summary_names(line: str, found: list[str]) -> None:
    assert failed_tests(f"...\n{line}\n") == found

"""Tests in other languages than Python, as far as their words go: files that are gone, tests and expectations less."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from proposer.outputs.reasons import Reason

__all__ = ["weaker_foreign"]

_TEST_FILE = re.compile(
    r"(?:^|/)(?:[^/]*(?:\.|_|-)(?:test|tests|spec|cy|e2e)\.(?:[cm]?[jt]sx?|vue)|[^/]+_(?:test|spec)\.(?:go|rb|exs?|dart|cc|cpp)"
    r"|[^/]*Tests?\.(?:java|kt|cs|swift|php|scala)|test_[^/]+\.(?:rb|c|cc|cpp|lua|sh)|[^/]+\.(?:bats|feature))$"
    r"|(?:^|/)__tests__/[^/]+\.[cm]?[jt]sx?$"
)
_COMMENTS = re.compile(r"/\*.*?(?:\*/|\Z)|^[ \t]*(?://|#(?!\[))[^\n]*|(?<=\s)//[^\n]*", re.DOTALL | re.MULTILINE)
_TESTS = re.compile(
    r"\b(?:it|test|specify|Scenario|func Test\w+|@Test|#\[test\]|def test_\w+|@test)\b(?=\s*[(:{\n\"']|\b)"
)
_EXPECTATIONS = re.compile(
    r"\b(?:expect|assert\w*|should|require\.\w+|t\.(?:Error|Fatal)f?|XCTAssert\w*|cy\.contains)\b"
)
_SKIPS = re.compile(
    r"\.(?:skip|only|todo|failing|fixme|skipIf|runIf)\b|\b(?:xit|xtest|xdescribe|xcontext|fit|fdescribe|pending)\s*\("
    r"|\bt\.Skip\w*\(|@(?:Disabled|Ignore)\b|#\[ignore|\bSkip\s*=|markTestSkipped|markTestIncomplete|\bXCTSkip\b"
)


def weaker_foreign(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Reason]:
    """Yield test files that are gone and not found again, fewer tests or expectations, and new skips.

    Args:
        before: old texts of the changed files by path.
        after: new texts.
    """
    old = {path: _plain(text) for path, text in before.items() if _TEST_FILE.search(path)}
    new = {path: _plain(text) for path, text in after.items() if _TEST_FILE.search(path)}
    spare = Counter(line for path in new.keys() - old.keys() for line in _lines(new[path]))
    for path, text in sorted(old.items()):
        if path not in new:
            lines = _lines(text)
            kept = sum((lines & spare).values())
            spare -= lines
            if 2 * kept < sum(lines.values()):
                yield Reason("test-removed", path, "a file of tests is gone")
            continue
        for code, pattern, what in (
            ("test-removed", _TESTS, "tests"),
            ("assertion-removed", _EXPECTATIONS, "expectations"),
        ):
            less = len(pattern.findall(text)) - len(pattern.findall(new[path]))
            if less > 0 and sum(len(pattern.findall(line)) * count for line, count in spare.items()) < less:
                yield Reason(code, path, f"{less} {what} fewer than before")
    for path, text in sorted(new.items()):
        more = len(_SKIPS.findall(text)) - len(_SKIPS.findall(old.get(path, "")))
        if more > 0:
            yield Reason("test-skipped", path, f"{more} more that are skipped, or that keep others from running")


def _plain(text: str) -> str:
    return _COMMENTS.sub("", text)


def _lines(text: str) -> Counter[str]:
    return Counter(filter(None, map(str.strip, text.split("\n"))))

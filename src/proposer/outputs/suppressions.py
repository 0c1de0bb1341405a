"""Comments that silence a linter, a type checker, a scanner or coverage."""

import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from proposer.outputs.reasons import Reason

__all__ = ["added_suppressions"]

_KINDS: tuple[tuple[str, str], ...] = (
    ("noqa", r"#\s*(?:(?:ruff|flake8)\s*[:=]\s*)?noqa(?:\s*:\s*(?P<{}>[A-Z]+[0-9]+(?:[\s,]+[A-Z]+[0-9]+)*))?"),
    ("type: ignore", r"#\s*type\s*:\s*ignore(?:\s*\[(?P<{}>[^\]]*)\])?"),
    ("pyright", r"#\s*pyright\s*:\s*(?:ignore(?:\s*\[(?P<{}>[^\]]*)\])?|basic|off|report\w+\s*=\s*\w+)"),
    ("mypy", r"#\s*mypy\s*:\s*(?P<{}>(?:(?:dis)?allow|ignore|disable|no|warn|follow|implicit|check)[-_][\w\s,=\"'-]+)"),
    ("pyre", r"#\s*pyre-(?:ignore(?:-all-errors)?|fixme|unsafe)(?:\s*\[(?P<{}>[^\]]*)\])?"),
    ("no cover", r"#\s*pragma[:\s]?\s*no\s*(?:cover|branch)|#\s*coverage\s*:\s*(?:skip|ignore)"),
    ("nosec", r"#\s*nosec\b(?:\s*:?\s*(?P<{}>B[0-9]+(?:[\s,]+B[0-9]+)*))?"),
    ("pylint", r"pylint\s*:\s*(?:disable(?:-next|-line|-msg)?\s*=\s*(?P<{}>[\w\s,-]+)|skip-file)"),
    ("scanner", (r"\bnosemgrep\b|\bNOSONAR\b|\b(?:lgtm|codeql)\s*\[|pragma\s*:\s*allowlist\s+secret"
     r"|(?:gitleaks|trufflehog|zizmor|checkov|bandit|snyk)\s*:\s*(?:allow|ignore|skip)")),
    ("formatter", r"\b(?:fmt\s*:\s*(?:off|skip)|yapf\s*:\s*disable|isort\s*:\s*(?:skip\w*|off))"),
    ("eslint", r"(?:eslint|oxlint)-disable(?:-next-line|-line)?(?:\s+(?P<{}>[\w@/, -]+))?|biome-ignore|tslint:disable"),
    ("typescript", r"@ts-(?:ignore|nocheck|expect-error)|\$FlowFixMe"),
    ("coverage", r"(?:istanbul|c8|v8|node:coverage)\s+ignore|/\* c8"),
)  # fmt: skip
_PATTERN = re.compile(
    "|".join(f"(?P<k{at}>{pattern.format(f'c{at}')})" for at, (_, pattern) in enumerate(_KINDS)), re.IGNORECASE
)
_HARMLESS = frozenset({"formatter"})
_LONGEST = 10_000
"""Characters of a line; tokenize needs time in proportion to their square (Python 3.12)."""
_PYTHON = (".py", ".pyi", ".pyw")
_SCRIPTS = (".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte")
_SCRIPT_COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class _Suppression:
    """What a comment silences; no codes: everything."""

    kind: str
    codes: frozenset[str]

    def covers(self, other: "_Suppression") -> bool:
        """Tell whether what this one silences includes what the other one does."""
        return self.kind == other.kind and (not self.codes or (bool(other.codes) and other.codes <= self.codes))


def added_suppressions(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Reason]:
    """Yield a reason for each comment that silences a check and has no counterpart among the old ones.

    A comment that moved, or that silences less than before, is no new one.
    """
    left: Counter[_Suppression] = Counter()
    for path, text in before.items():
        left.update(found for _, found in _read(path, text))
    fresh: list[tuple[str, int, _Suppression]] = []
    for path, text in sorted(after.items()):
        for line, found in _read(path, text):
            if left[found] > 0:
                left[found] -= 1
            else:
                fresh.append((path, line, found))
    for path, line, found in fresh:
        wider = next((old for old, count in left.items() if count > 0 and old.covers(found)), None)
        if wider is not None:
            left[wider] -= 1
            continue
        what = f" ({', '.join(sorted(found.codes))})" if found.codes else ""
        yield Reason("suppression", path, f"line {line} silences a check: {found.kind}{what}")


def _read(path: str, text: str) -> Iterator[tuple[int, _Suppression]]:
    name = path.casefold()
    if name.endswith(_PYTHON):
        comments = _python(text)
    elif name.endswith(_SCRIPTS):
        comments = _script(text)
    else:
        return
    for line, comment in comments:
        for match in _PATTERN.finditer(comment):
            at = int((match.lastgroup or "k0")[1:])
            at = next(index for index in range(len(_KINDS)) if match[f"k{index}"] is not None)
            codes = match.groupdict().get(f"c{at}") or ""
            kind = _KINDS[at][0]
            if kind not in _HARMLESS:
                yield line, _Suppression(kind=kind, codes=frozenset(re.findall(r"[\w@/-]+", codes.casefold())))


def _python(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line, comment); where a file cannot be taken apart, each part of a line after a number sign."""
    found = []
    lines = text.split("\n")
    if max(map(len, lines)) <= _LONGEST:
        try:
            for token in tokenize.generate_tokens(io.StringIO(text).readline):
                if token.type == tokenize.COMMENT:
                    found.append((token.start[0], token.string))  # noqa: PERF401 - an error may come in between
            return iter(found)
        except (tokenize.TokenError, SyntaxError, ValueError, RecursionError, MemoryError):
            pass
    return ((number, line[line.index("#") :]) for number, line in enumerate(lines, 1) if "#" in line)


def _script(text: str) -> Iterator[tuple[int, str]]:
    line, at = 1, 0
    for match in _SCRIPT_COMMENT.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        yield line, match[0]

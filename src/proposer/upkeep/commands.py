"""Lines of a CI job's script: which of them judge a change, and which keep the job itself from going on."""

import re
from collections.abc import Iterator

__all__ = ["checks", "gates", "untied"]

_TOOL = re.compile(
    r"(?<![\w./-])(nox|inv|invoke|tox|pytest|ruff|mypy|lint-imports|pre-commit|pip-audit|zizmor|actionlint|check-jsonschema"
    r"|schemathesis|bandit|semgrep|gitleaks|make|npm|pnpm|yarn|cargo|go|proposer)(?![\w.-])"
)
_OTHER = re.compile(
    r"\b(inv|invoke)\s+\"?codex\.(publish|report|metrics|runs|show|incident|collect|evidence|autofix|scaffold|dto|adr"
    r"|release-notes|admit|apply|conclude|\$)"
)
"""Tasks that judge nothing by themselves."""
_GATES = re.compile(r"\bcodex\.(admit|apply|conclude)\b")
"""Tasks that keep one job from going on; without that job they are no loss."""
_TEE = re.compile(r"\s*2>&1\s*\|\s*tee\s[^|;&]*$")


def checks(script: str) -> Iterator[str]:
    """Yield each line of a script that starts a tool which judges something; continued lines are one."""
    for line in re.sub(r"\\\r?\n", " ", script).splitlines():
        text = " ".join(line.split())
        if not text.startswith("#") and _TOOL.search(_OTHER.sub("", text)):
            yield re.sub(r"^(python[0-9.]*|uv run|uvx|poetry run)( -m)? ", "", text)


def untied(command: str) -> str:
    """Return a command without the `tee` that keeps what it prints."""
    return _TEE.sub("", command)


def gates(script: str) -> set[str]:
    """Return the tasks of a script that keep its job from going on."""
    return {match[1] for match in _GATES.finditer(script)}

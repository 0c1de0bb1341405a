"""Findings for a forge's own displays: GitHub's annotations, GitLab's code quality report."""

from collections.abc import Mapping
from typing import Any

from proposer.errors import Outcome
from proposer.outputs.answer import Finding
from proposer.outputs.carried import fingerprint
from proposer.reports.safe import log_line
from proposer.reports.safe import markdown as harmless
from proposer.reports.summary import Summary

__all__ = ["commands", "notice", "quality"]

_KINDS = {"P0": "error", "P1": "error", "P2": "warning", "P3": "notice"}
_GRADES = {"P0": "blocker", "P1": "critical", "P2": "major", "P3": "minor"}
_LONGEST = 2_000
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def commands(summary: Summary) -> list[str]:
    """Return workflow commands for a job's log (docs.github.com, "Workflow commands"), one line each.

    What came from a model stands in them as data: it holds no line break and ends no property.
    """
    rows = [_command(finding) for finding in summary.findings if finding.side == "new"]
    if summary.outcome not in (Outcome.CLEAN, Outcome.FINDINGS):
        rows.append(notice(f"{summary.workflow}: {summary.outcome.label}: {summary.message}"))
    return rows


def notice(text: str) -> str:
    """Return the command that shows a warning at the top of a job."""
    return f"::warning title=codex::{_escaped(text, _DATA)}"


def _command(finding: Finding) -> str:
    words = f"{finding.severity} {finding.title}\n{finding.body}"
    path = _escaped(finding.path, _PROPERTY)
    place = f"file={path},line={finding.start_line},endLine={finding.end_line}"
    return f"::{_KINDS[finding.severity]} {place},title=codex {finding.category}::{_escaped(words, _DATA)}"


def _escaped(text: str, signs: Mapping[str, str]) -> str:
    return "".join(signs.get(char, char) for char in log_line(text[:_LONGEST]))


def quality(summary: Summary) -> list[dict[str, Any]]:
    """Return the findings as a code quality report (docs.gitlab.com, "Code Quality report format")."""
    return [
        {
            "description": harmless(f"{finding.title}: {finding.body}"[:_LONGEST], hosts=()),
            "check_name": finding.category,
            "fingerprint": fingerprint(finding),
            "severity": _GRADES[finding.severity],
            "location": {"path": finding.path, "lines": {"begin": finding.start_line, "end": finding.end_line}},
        }
        for finding in summary.findings
        if finding.side == "new"
    ]

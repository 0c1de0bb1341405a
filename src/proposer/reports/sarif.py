"""The findings as SARIF 2.1.0, for code scanning."""

from typing import Any
from urllib.parse import quote

from proposer import __version__
from proposer.reports.safe import markdown
from proposer.reports.summary import Summary

__all__ = ["render"]

_LEVELS = {"P0": "error", "P1": "error", "P2": "warning", "P3": "note"}


def render(summary: Summary) -> dict[str, Any]:
    """Return the SARIF log of one run (OASIS SARIF 2.1.0); removed lines have no place in it and are left out."""
    findings = [finding for finding in summary.findings if finding.side == "new"]
    rules = sorted({finding.category for finding in findings})
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "proposer", "version": __version__, "rules": [{"id": rule} for rule in rules]}
                },
                "properties": {"outcome": summary.outcome.label, "run": summary.run, "rehearsed": summary.rehearsed},
                "results": [
                    {
                        "ruleId": finding.category,
                        "level": _LEVELS[finding.severity],
                        "message": {"text": _message(f"{finding.severity} {finding.title}\n\n{finding.body}")},
                        "locations": [
                            {
                                "physicalLocation": {
                                    "artifactLocation": {"uri": quote(finding.path)},
                                    "region": {"startLine": finding.start_line, "endLine": finding.end_line},
                                }
                            }
                        ],
                    }
                    for finding in findings
                ],
            }
        ],
    }


def _message(text: str) -> str:
    """Return model text as a SARIF message: nothing of it is live.

    `[text](target)` is a link in a plain message (SARIF 2.1.0, section 3.11.6); viewers render more than that.
    """
    return markdown(text, hosts=()).replace("](", "] (")

"""Writes the report to the file that `--out` names; the suffix chooses the form."""

import json
from pathlib import Path

from proposer.errors import UsageError
from proposer.reports import markdown, page, sarif
from proposer.reports.summary import Summary

__all__ = ["check", "write"]

_FORMS = (".md", ".json", ".sarif", ".html")


def check(path: Path) -> None:
    """Refuse a suffix that names no form, before anything is run.

    Raises:
        UsageError: another suffix.
    """
    if path.suffix not in _FORMS:
        raise UsageError(
            f"--out {path.name}: no report has the suffix {path.suffix!r}", f"use one of {', '.join(_FORMS)}"
        )


def write(summary: Summary, path: Path) -> None:
    """Write the report; missing folders are made.

    Raises:
        UsageError: the file cannot be written.
    """
    check(path)
    if path.suffix == ".md":
        text = markdown.render(summary)
    elif path.suffix == ".html":
        text = page.render(summary)
    elif path.suffix == ".sarif":
        text = json.dumps(sarif.render(summary), indent=2, ensure_ascii=False) + "\n"
    else:
        findings = [finding.model_dump(mode="json") for finding in summary.findings]
        report = {"report": findings, "answer": summary.answer, "carried": list(summary.carried)}
        text = json.dumps({**summary.document(), **report}, indent=2, ensure_ascii=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"--out {path} cannot be written: {error.strerror}", "name another file") from error

"""What became of the findings of the last run on the same branch; code decides it, no model is asked."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from proposer import digests
from proposer.outputs.answer import Finding, Lookup, located

__all__ = ["Carried", "carry", "fingerprint", "read"]

Status = Literal["new", "persisting", "resolved", "reopened", "unknown"]
_BLANK = re.compile(r"\s+")
_MOST = 200


@dataclass(frozen=True, kw_only=True)
class Carried:
    """A finding of this run or an earlier one; `unknown`: its lines are still there, and nothing is said of it."""

    fingerprint: str
    status: Status
    finding: Finding
    tree: str = ""
    """The tree in which it was reported last."""

    @property
    def open(self) -> bool:
        """Whether it may still be true."""
        return self.status != "resolved"

    def document(self) -> dict[str, Any]:
        """Return the JSON form, as records keep it."""
        finding = self.finding.model_dump(mode="json")
        return {"fingerprint": self.fingerprint, "status": self.status, "tree": self.tree, "finding": finding}

    def told(self) -> str:
        """Return one line."""
        row = self.finding
        return f"{self.status}: {row.severity} {row.path}:{row.start_line}: {row.title}"


def fingerprint(finding: Finding, mask: Callable[[str], str] = str) -> str:
    """Return what makes two findings the same: category, path and the quote without its spacing; 16 hex digits.

    Line numbers, titles and severities change from run to run and do not count. The quote is masked, as records are.
    """
    parts = (finding.category, finding.path, _BLANK.sub(" ", mask(finding.quote)).strip())
    return digests.of_bytes("\0".join(parts).encode(errors="replace"))[:16]


def read(rows: Iterable[Mapping[str, Any]]) -> list[Carried]:
    """Return the findings that a record carries.

    Raises:
        ValueError: a row has another shape.
        KeyError: the same.
    """
    return [
        Carried(
            fingerprint=row["fingerprint"],
            status=row["status"],
            finding=Finding.model_validate(row["finding"]),
            tree=row.get("tree", ""),
        )
        for row in rows
    ]


def carry(
    findings: Sequence[Finding],
    earlier: Sequence[Carried],
    *,
    lookup: Lookup,
    mask: Callable[[str], str],
    tree: str = "",
) -> tuple[Carried, ...]:
    """Return each finding of this run with its status, then what became of those of the last run.

    Args:
        findings: of this run, all of them.
        earlier: what the last run on this branch carried.
        lookup: text of a file on a side.
        mask: the redactor.
        tree: what this run looked at.
    """
    before = {row.fingerprint: row for row in earlier}
    now = {fingerprint(row, mask): row for row in findings}
    found = [
        Carried(fingerprint=key, finding=row, status=_status(before.get(key)), tree=tree)
        for key, row in now.items()
    ]  # fmt: skip
    for key, row in before.items():
        if key not in now:
            gone = not row.open or not _stands(row.finding, lookup, mask)
            status: Status = "resolved" if gone else "unknown"
            found.append(Carried(fingerprint=key, finding=row.finding, status=status, tree=row.tree))
    return tuple(found[:_MOST])


def _status(before: Carried | None) -> Status:
    if before is None:
        return "new"
    return "persisting" if before.open else "reopened"


def _stands(finding: Finding, lookup: Lookup, mask: Callable[[str], str]) -> bool:
    """Tell whether what was found is still so: the lines are there, or the removed lines have not come back."""
    there = located("new", finding.path, finding.quote, finding.start_line, lookup, mask) is not None
    return there if finding.side == "new" else not there

"""The gate `verified`: every row of an answer that quotes lines must quote lines that exist."""

from typing import Any

from proposer.errors import Outcome
from proposer.outputs.answer import located
from proposer.outputs.gates.weighing import Ruling, Weighing

__all__ = ["rule"]

_NEEDED = ("path", "quote")


def rule(weighing: Weighing) -> Ruling:
    """Drop the rows of any list whose quote is not where they say, and put the others at the lines that they quote."""
    answer, dropped = dict(weighing.answer), 0
    reasons: list[tuple[Outcome, str]] = []
    for name, rows in weighing.answer.items():
        if name == "findings" or not isinstance(rows, list) or not any(map(_quotes, rows)):
            continue
        placed = [_placed(row, weighing) if _quotes(row) else row for row in rows]
        answer[name] = [row for row in placed if row is not None]
        dropped += len(placed) - len(answer[name])
        lost = [row for row, found in zip(rows, placed, strict=True) if found is None and _severe(row, weighing)]
        reasons += [
            (
                Outcome.INCOMPLETE,
                f"{name}: a severe entry quotes lines that are not in {row['path']}: a person must look",
            )
            for row in lost[:1]
        ]
    return Ruling(answer=answer, reasons=tuple(reasons), dropped=dropped)


def _quotes(row: Any) -> bool:
    return isinstance(row, dict) and all(isinstance(row.get(key), str) for key in _NEEDED)


def _severe(row: dict[str, Any], weighing: Weighing) -> bool:
    """Tell whether an entry would have counted: it must not get lost without a word."""
    level = row.get("level")
    heavy = isinstance(level, int) and level >= weighing.workflow.thresholds.risk
    return heavy or row.get("severity") in weighing.workflow.block


def _placed(row: dict[str, Any], weighing: Weighing) -> dict[str, Any] | None:
    side = row.get("side", "new")
    line = row.get("start_line", 1)
    lines = located(str(side), row["path"], row["quote"], line if isinstance(line, int) else 1,
                    weighing.lookup, weighing.mask)  # fmt: skip
    if lines is None:
        return None
    known = {"start_line": lines[0], "end_line": lines[1]}
    return row | {key: value for key, value in known.items() if key in row}

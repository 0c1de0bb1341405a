"""The run as Markdown, for the record, a comment or a job summary."""

from proposer.outputs.answer import Finding
from proposer.reports.safe import inline, markdown
from proposer.reports.summary import Summary

__all__ = ["MAX_BYTES", "render"]

MAX_BYTES = 60_000
"""Size of a report. GitHub takes 65,536 characters for a comment; the rest is for whoever publishes it."""
_TICKS = {ord("`"): "'"}
_ROWS = 20
_DETAILS = 40


def render(summary: Summary, limit: int = MAX_BYTES) -> str:
    """Return the report, at most `limit` bytes long; its first line says so where no model was asked.

    Where it does not fit, the least severe findings leave first, and how many left is said.
    """
    head, tail = _head(summary), _tail(summary)
    blocks = [_finding(finding) for finding in summary.findings]
    kept = len(blocks)
    while True:
        left = len(blocks) - kept
        note = [f"{left} more finding(s), less severe, did not fit: see answer.json of the record.", ""] if left else []
        text = "\n".join([*head, *(line for block in blocks[:kept] for line in block), *note, *tail]).rstrip() + "\n"
        if len(text.encode(errors="replace")) <= limit:
            # Parts that are harmless alone are not always so together: a definition in one makes an image in another.
            text = markdown(text)
            if len(text.encode(errors="replace")) <= limit:
                return text
        if kept == 0:
            title = f"# {summary.workflow}: {summary.outcome.label}"
            return f"{title}\n\nThe rest did not fit: see answer.json of the record.\n"
        kept -= 1


def _head(summary: Summary) -> list[str]:
    lines = [f"**{inline(summary.unasked)}**", ""] if summary.unasked else []
    lines += [f"# {summary.workflow}: {summary.outcome.label}", "", markdown(_cut(summary.message, 2_000)), ""]
    if summary.hint:
        lines += [f"What helps: {inline(_cut(summary.hint, 2_000))}", ""]
    if summary.summary:
        lines += [markdown(_cut(summary.summary, 8_000)), ""]
    return lines


def _finding(finding: Finding) -> list[str]:
    place = f"{finding.path}:{finding.start_line}" + (" (removed line)" if finding.side == "old" else "")
    return [
        f"## {finding.severity} {inline(_cut(finding.title, 500))}",
        "",
        f"{_code(place)} · {finding.category} · confidence {finding.confidence:.0%}",
        "",
        markdown(_cut(finding.body, 8_000)),
        "",
        _block(_cut(finding.quote, 8_000)),
        "",
    ]


def _tail(summary: Summary) -> list[str]:
    lines: list[str] = []
    for title, rows in summary.details:
        more = [f"- and {len(rows) - _DETAILS} more"] if len(rows) > _DETAILS else []
        shown = [f"- {markdown(_line(_cut(row, 1_000)))}" for row in rows[:_DETAILS]]
        lines += [f"## {markdown(_line(_cut(title, 100)))}", "", *shown, *more, ""]
    for title, names in (
        ("Not reviewed", summary.not_reviewed),
        ("Excluded", summary.excluded),
        ("Instruction paths touched", summary.instruction_paths),
        ("Proposal", summary.proposed),
    ):
        if names:
            more = [f"- and {len(names) - _ROWS} more"] if len(names) > _ROWS else []
            lines += [f"## {title}", "", *(f"- {_code(name)}" for name in names[:_ROWS]), *more, ""]
    if summary.drift:
        lines += ["## How the requests differ from the recorded ones", "", _block(_cut(summary.drift, 16_000)), ""]
    notes = [*summary.notes]
    if summary.dropped:
        notes.append(f"{summary.dropped} finding(s) dropped: the quote is not in the file")
    if summary.refused_commands:
        notes.append(f"{summary.refused_commands} command(s) of the model refused by the sandbox or the rules")
    lines += [f"- {inline(_cut(note, 500))}" for note in notes[:_ROWS]]
    provider, span = summary.provider.partition(":")[0], f"{summary.base[:12]}..{summary.head[:12]}"
    lines += ["", " · ".join((f"Run {_code(summary.run)}", summary.model, provider, summary.cost, span))]
    return lines


def _cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[:characters]} [cut: the text was longer]"


def _line(text: str) -> str:
    return " ".join(text.split())


def _code(text: str) -> str:
    return f"`{_line(_cut(text, 500)).translate(_TICKS)}`"


def _block(text: str) -> str:
    """Return a fenced block whose fence does not occur in the text."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}text\n{text}\n{fence}"

"""The run as Markdown, for the record, a comment or a job summary."""

from proposer.reports.safe import markdown
from proposer.reports.summary import Summary

__all__ = ["render"]

_TICKS = {ord("`"): "'"}
REHEARSED = "**No model was asked: a scripted model answered (rehearsal).**"


def render(summary: Summary) -> str:
    """Return the report; its first line says so where no model was asked."""
    lines = [REHEARSED, ""] if summary.rehearsed else []
    lines += [f"# {summary.workflow}: {summary.outcome.label}", "", markdown(summary.message), ""]
    if summary.hint:
        lines += [f"What helps: {markdown(summary.hint)}", ""]
    if summary.summary:
        lines += [markdown(summary.summary), ""]
    for finding in summary.findings:
        place = f"{finding.path}:{finding.start_line}" + (" (removed line)" if finding.side == "old" else "")
        lines += [
            f"## {finding.severity} {markdown(_line(finding.title))}",
            "",
            f"{_code(place)} · {finding.category} · confidence {finding.confidence:.0%}",
            "",
            markdown(finding.body),
            "",
            _block(finding.quote),
            "",
        ]
    for title, names in (
        ("Not reviewed", summary.not_reviewed),
        ("Excluded", summary.excluded),
        ("Instruction paths touched", summary.instruction_paths),
    ):
        if names:
            lines += [f"## {title}", "", *(f"- {_code(name)}" for name in names), ""]
    notes = [*summary.notes]
    if summary.dropped:
        notes.append(f"{summary.dropped} finding(s) dropped: the quote is not in the file")
    if summary.refused_commands:
        notes.append(f"{summary.refused_commands} command(s) of the model refused by the sandbox or the rules")
    lines += [f"- {markdown(note)}" for note in notes]
    tokens = summary.usage.get("input_tokens", 0) + summary.usage.get("output_tokens", 0)
    provider, span = summary.provider.partition(":")[0], f"{summary.base[:12]}..{summary.head[:12]}"
    lines += ["", " · ".join((f"Run {_code(summary.run)}", summary.model, provider, f"{tokens} tokens", span))]
    return "\n".join(lines).rstrip() + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def _code(text: str) -> str:
    return f"`{_line(text).translate(_TICKS)}`"


def _block(text: str) -> str:
    """Return a fenced block whose fence does not occur in the text."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}text\n{text}\n{fence}"

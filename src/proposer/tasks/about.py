"""The first task that a newcomer meets: which others there are, the everyday ones first."""

from collections.abc import Mapping
from shutil import get_terminal_size
from textwrap import wrap
from typing import Any

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, telling

__all__ = ["GROUPS", "about", "lines"]

GROUPS: Mapping[str, tuple[str, ...]] = {
    "every day": ("doctor", "review", "show", "apply", "report", "lock"),
    "ask for more": (
        "adr", "autofix", "dto", "migrations", "predeploy", "release-notes", "risk", "run", "scaffold", "triage",
    ),
    "look back": ("diff", "incident", "metrics", "replay", "runs", "trace"),
    "prove and verify": ("audit", "drill", "eval", "provenance", "ratchet", "rules", "trailers", "untouched"),
    "in CI": ("admit", "collect", "conclude", "evidence", "publish"),
}  # fmt: skip
"""Each task of the collection once; the first group is what a day needs."""
_INDENT = 26


def lines(tasks: Mapping[str, Any], width: int) -> list[str]:
    """Return the overview: a heading for each group, and each task with what it is for.

    Args:
        tasks: what the collection has, by name; what is in no group is left out.
        width: columns of a line at most.
    """
    rows = ["Codex proposes; you decide. Every task has --help.", ""]
    for heading, names in GROUPS.items():
        rows.append(f"{heading}:")
        for name in names:
            told = " ".join((tasks[name].__doc__ or "").split("\n\n")[0].split())
            rows += wrap(told, max(width, 2 * _INDENT), initial_indent=f"  {f'inv codex.{name}':{_INDENT - 2}}",
                         subsequent_indent=" " * _INDENT)  # fmt: skip
        rows.append("")
    return [*rows, "First time? inv codex.doctor, change something, inv codex.review, inv codex.show RUN.",
            "Completion in your shell: source <(inv --print-completion-script bash)"]  # fmt: skip


@task(auto_shortflags=False)
def about(c: Context) -> None:  # noqa: ARG001
    """Start here. Every day: codex.doctor, review, show, apply, report, lock; this task tells of all."""
    with edge():
        from proposer.tasks import codex

        with telling():
            print("\n".join(lines(codex.tasks, min(get_terminal_size().columns, 100))))

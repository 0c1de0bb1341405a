"""Tasks that run a workflow."""

from collections.abc import Sequence
from typing import Any

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, report

__all__ = ["review", "run"]

_HELP = {
    "base": "revision of the trusted commit: lock, prompt and instructions come from it",
    "head": "revision to look at (needs --base); without it, the working tree",
    "staged": "look at what is staged, against HEAD",
    "provider": "openai, rehearsal:FILE for a scripted model, or cassette:FOLDER for a recording (no key, no network)",
    "text": "file with untrusted text to include, such as a pull request's description; repeatable",
    "out": "write the report to a file: .md, .json, .sarif or .html",
    "record": "keep the run as a cassette in this new folder (always asks anew)",
    "fresh": "ask again even if nothing has changed since the last run",
    "json": "print one JSON object and nothing else on standard output",
    "unlocked": "use the working tree's prompt and settings although codex.lock differs (never in CI)",
}


def _workflow(name: str, options: dict[str, Any]) -> None:
    """Run a workflow in the current repository and end with its exit code."""
    as_json = options.pop("json")
    with edge(as_json=as_json):
        import os
        from pathlib import Path

        from proposer import workflow
        from proposer.reports import console, write

        out, texts = options.pop("out"), tuple(Path(text) for text in options.pop("text") or ())
        if out:
            write.check(Path(out))
        record = Path(kept) if (kept := options.pop("record")) else None
        request = workflow.Request(workflow=name, texts=texts, record=record, **options)
        with console.Progress() as progress:
            summary = workflow.execute(Path.cwd(), request, environment=os.environ, on_step=progress.step)
        if out:
            write.write(summary, Path(out))
        report(summary, as_json=as_json)


@task(help=_HELP, iterable=["text"], auto_shortflags=False)
def review(
    c: Context,  # noqa: ARG001
    base: str = "",
    head: str = "",
    staged: bool = False,
    provider: str = "",
    text: Sequence[str] | None = None,
    out: str = "",
    record: str = "",
    fresh: bool = False,
    json: bool = False,
    unlocked: bool = False,
) -> None:
    """Review a change and print findings whose quotes were checked.

    Codex works in a disposable stage; nothing in the repository changes but `.proposer/`. Exit codes: 0 reviewed,
    2 usage, 3 drifted, 4 unavailable, 5 incomplete, 6 invalid answer, 7 blocked, 8 policy violated.
    """
    options = {"base": base, "head": head, "staged": staged, "provider": provider, "text": text, "out": out}
    _workflow("review", {**options, "record": record, "fresh": fresh, "json": json, "unlocked": unlocked})


@task(help={"name": "a workflow that proposer.toml declares", **_HELP}, iterable=["text"], auto_shortflags=False)
def run(
    c: Context,  # noqa: ARG001
    name: str,
    base: str = "",
    head: str = "",
    staged: bool = False,
    provider: str = "",
    text: Sequence[str] | None = None,
    out: str = "",
    record: str = "",
    fresh: bool = False,
    json: bool = False,
    unlocked: bool = False,
) -> None:
    """Run any workflow that proposer.toml declares."""
    options = {"base": base, "head": head, "staged": staged, "provider": provider, "text": text, "out": out}
    _workflow(name, {**options, "record": record, "fresh": fresh, "json": json, "unlocked": unlocked})

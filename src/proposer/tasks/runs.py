"""Tasks that run a workflow: one for each that is shipped, and `run` for any that `proposer.toml` declares."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from invoke.context import Context
from invoke.tasks import Task, task

from proposer.tasks.edge import edge, report

__all__ = ["NEEDED", "TASKS", "declared"]

_OPTIONS: Mapping[str, tuple[Any, str]] = {
    "base": ("", "revision of the trusted commit: lock, prompt and instructions come from it"),
    "head": ("", "revision to look at (needs --base); without it, the working tree"),
    "staged": (False, "look at what is staged, against HEAD"),
    "provider": (
        "", "openai, chatgpt (your own login; never in CI), or no model: rehearsal:FILE (a script), cassette:FOLDER",
    ),
    "text": (None, "file with untrusted text to include, such as a pull request's description; repeatable"),
    "out": ("", "write the report to a file: .md, .json, .sarif or .html"),
    "record": ("", "keep the run as a cassette in this new folder (always asks anew)"),
    "fresh": (False, "ask again even if nothing has changed since the last run"),
    "json": (False, "print one JSON object and nothing else on standard output"),
    "unlocked": (False, "use the working tree's prompt and settings although codex.lock differs (never in CI)"),
}  # fmt: skip
"""Default and help of the options that every workflow has."""
NEEDED = inspect.Parameter.empty


def _run(name: str, arguments: Mapping[str, str], options: dict[str, Any]) -> None:
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
        log = Path(given) if (given := options.pop("log", "")) else None
        request = workflow.Request(workflow=name, texts=texts, log=log, record=record, arguments=arguments, **options)
        with console.Progress() as progress:
            summary = workflow.execute(Path.cwd(), request, environment=os.environ, on_step=progress.step)
        if out:
            write.write(summary, Path(out))
        report(summary, as_json=as_json)


def _task(
    name: str, about: str, runs: Callable[[dict[str, Any]], None], own: Mapping[str, tuple[Any, str]]
) -> Task[Callable[..., Any]]:
    """Return a task with the options of every workflow and some of its own, which come first.

    Args:
        name: of the task.
        about: its docstring.
        runs: takes the values of all options.
        own: default (`NEEDED` for a positional one, None for a repeatable one) and help of the task's own options.
    """
    options = {**own, **{key: value for key, value in _OPTIONS.items() if key not in own}}

    def body(c: Context, **given: Any) -> None:  # noqa: ARG001
        runs(given)

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter(key, kind, default=default) for key, (default, _) in options.items()]
    body.__name__, body.__doc__ = name.replace("-", "_"), about
    # Invoke reads the options of a task from here.
    body.__signature__ = inspect.Signature([inspect.Parameter("c", kind), *parameters])  # type: ignore[attr-defined]
    made: Task[Callable[..., Any]] = task(
        name=name,
        positional=[key for key, (default, _) in own.items() if default is NEEDED],
        iterable=[key for key, (default, _) in options.items() if default is None],
        auto_shortflags=False,
        help={key: words for key, (_, words) in options.items()},
    )(body)
    return made


def declared(name: str, about: str, /, **own: tuple[Any, str]) -> Task[Callable[..., Any]]:
    """Return the task of a shipped workflow; `own` are its arguments, or another help for one of the options."""

    def runs(given: dict[str, Any]) -> None:
        arguments = {key: str(given.pop(key) or "") for key in own if key not in (*_OPTIONS, "log")}
        _run(name, arguments, given)

    return _task(name, about, runs, own)


def _any(given: dict[str, Any]) -> None:
    pairs = [str(one).partition("=") for one in given.pop("argument") or ()]
    _run(given.pop("name"), {key: value for key, _, value in pairs}, given)


TASKS = (
    declared(
        "review",
        """Review a change and print findings whose quotes were checked.

    Codex works in a disposable stage; nothing in the repository changes but `.proposer/`. Exit codes: 0 reviewed,
    2 usage, 3 drifted, 4 unavailable, 5 incomplete, 6 invalid answer, 7 blocked, 8 policy violated.
    """,
    ),
    declared(
        "risk",
        """Score the risk of a change from 1 to 10: the higher of what code counts and what the model says.

    Code counts sensitive paths, size, migrations, dependencies and permissions. Exit code 7 from the threshold of
    proposer.toml on ([workflows.risk.thresholds]).
    """,
    ),
    declared(
        "triage",
        """Sort alerts: real, false, or for a person, each with evidence that was checked.

    SARIF is read as it is; any other text is shown to the model. Exit code 5 where an alert is left for a person or
    has no verdict whose evidence exists.
    """,
        text=(None, "report to sort: SARIF, or any text; repeatable, needed"),
    ),
    declared(
        "release-notes",
        """Write release notes, a regression checklist and a migration summary.

    Each line stands on commits or files that exist; others are dropped. Without --since and --last: since the newest
    tag, or the last fifty commits where there is none.
    """,
        since=("", "revision after which the release begins, such as the last tag"),
        last=("", "take the last so many commits instead"),
    ),
    declared(
        "migrations",
        """Check the migrations of a change: locks, backfill, reversibility, order, data loss.

    The files are read with a parser. Exit code 7 where one cannot be undone and says nothing about the way back
    (`Rollback: ...` in a docstring or comment), or where the model calls it unsafe.
    """,
    ),
    declared(
        "predeploy",
        """Say go or no-go for one commit, from a folder of evidence.

    Test results (JUnit XML), coverage, pip-audit, SARIF, records of reviews, drills and lock checks must name this
    commit and be fresh; what is missing, stale or nameless is no-go (exit code 7), whatever the model says.
    """,
        evidence=("", "folder with the files; see docs/how-to/predeploy.md of proposer"),
    ),
    declared(
        "autofix",
        """Propose a minimal fix for a failing check; the host runs the checks again on the proposal, in the sandbox.

    A proposal that weakens tests or checks is refused (exit 7), one that touches CI or settings too (exit 8). The same
    failure is tried once; then a person must look (exit 5). Take a good one over with: inv codex.apply RUN
    """,
        log=("", "what the failing check printed; needed"),
    ),
    declared(
        "adr",
        """Draft an architecture decision record as a proposal: one new file below docs/adr, with the next number.

    The model only reads and answers; the host writes the file. Take it over with: inv codex.apply RUN
    """,
        title=(NEEDED, "title of the decision, such as 'Keep amounts as decimals'"),
    ),
    declared(
        "scaffold",
        """Make a new module as a proposal: the model writes its folder, the host what wires it in.

    Contracts, migration, AGENTS.md and whatever the model left out come from the templates of the skill. Take it over
    with inv codex.apply RUN, then run inv codex.lock: the new AGENTS.md is pinned.
    """,
        name=(NEEDED, "the module, one word such as billing"),
    ),
    declared(
        "dto",
        """Add request and response models, a route, its OpenAPI text and tests to a module, as a proposal.

    The host compares the OpenAPI documents before and after: what breaks a client and is not named in the answer is
    blocked (exit 7). Take a good one over with: inv codex.apply RUN
    """,
        module=(NEEDED, "a module that is there, such as billing"),
        name=(NEEDED, "what the models are named after, in PascalCase, such as PreviewBooking"),
    ),
    _task(
        "run",
        "Run any workflow that proposer.toml declares.",
        _any,
        {
            "name": (NEEDED, "a workflow that proposer.toml declares"),
            "log": ("", "what a failing check printed, for a workflow that mends it"),
            "argument": (None, "NAME=TEXT for an argument that the workflow's table names; repeatable"),
        },
    ),
)
"""All tasks that run a workflow."""

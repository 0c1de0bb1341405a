"""The page itself: gathered, drawn, and put together; every text in it is escaped, and none of it acts."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from proposer import git
from proposer.archive.index import Index
from proposer.archive.kept import load
from proposer.archive.steps import steps_of
from proposer.archive.tables import opened
from proposer.errors import RefusedError, UsageError
from proposer.inputs.untrusted import reveal
from proposer.provenance.record import Store
from proposer.reports.overview import numbers
from proposer.reports.overview.charts import drawn, short
from proposer.reports.overview.gathering import gathered
from proposer.reports.overview.picture import Finding, Picture
from proposer.reports.overview.story import story

__all__ = ["place", "render", "write"]

_FOLDER = Path(__file__).parent
_LONGEST = 20_000
_MOST = 8_000_000
"""Characters that the parts of single runs may have together: a page must open."""
_TONES = {"clean": "good", "findings": "good", "incomplete": "warn", "unavailable": "warn", "interrupted": "warn"}


def render(folder: Path, now: datetime) -> str:
    """Return the page about all runs of the repository that holds a folder.

    Args:
        folder: somewhere inside the repository.
        now: when the page is made, in UTC.

    Raises:
        UsageError: no repository, or the records could come from anybody.
    """
    store = Store(git.root_of(folder))
    store.check()
    survey = Index(store).refresh()
    with opened(store) as tables:
        picture = gathered(store, survey, tables, now)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, finalize=_shown, trim_blocks=True, lstrip_blocks=True,
        loader=FileSystemLoader(_FOLDER),
    )  # fmt: skip
    stories = dict(_stories(store, picture, environment))
    script = (_FOLDER / "tables.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template("page.html").render(
        all=picture,
        told=stories.keys(),
        stories=stories.values(),
        charts={name: Markup(chart) for name, chart in drawn(picture).items()},  # noqa: S704 - Matplotlib escaped it
        says=numbers.said(picture),
        numbers=numbers.rows(picture),
        foremost=_foremost(picture),
        short=short,
        escaped=sum(one.result == "escaped" for one in picture.drills),
        tones=_TONES,
        style=Markup((_FOLDER / "style.css").read_text(encoding="utf-8")),  # noqa: S704 - ours
        script=Markup(script),  # noqa: S704 - ours
        policy=f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'",
    )


def place(folder: Path) -> Path:
    """Return where the page is written where nothing else was said: among the records, which git ignores.

    Raises:
        UsageError: no repository, or `.proposer` could come from anybody.
    """
    store = Store(git.root_of(folder))
    store.check()
    return store.folder / "report.html"


def write(text: str, path: Path) -> None:
    """Write the page; missing folders are made.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"--out {path} cannot be written: {error.strerror}", "name another file") from error


def _stories(store: Store, picture: Picture, environment: Environment) -> Iterator[tuple[str, Markup]]:
    """Yield the part of each run that gets one, until there is enough to read."""
    template, left = environment.get_template("run.html"), _MOST
    leaves = _leaves(store)
    wanted = {row.run for row in picture.rows if row.told}
    # What stands comes first: should the page be full, older runs without findings are left out.
    for run in dict.fromkeys([*(row.run for row in picture.findings), *(row.run for row in picture.rows)]):
        if run not in wanted:
            continue
        try:
            kept = load(store, store.runs / run)
        except (RefusedError, OSError):
            continue
        told = story(kept, steps_of(kept.place), leaves)
        part = Markup(template.render(**told, tones=_TONES))  # noqa: S704 - rendered with autoescape
        left -= len(part)
        if left < 0:
            return
        yield run, part


def _foremost(picture: Picture) -> tuple[Finding, ...]:
    """Return what stands on top: every P0 that has room there, else a few P1."""
    first = tuple(row for row in picture.worst if row.severity == "P0")
    return first[:5] or picture.worst[:3]


def _leaves(store: Store) -> frozenset[str]:
    try:
        return frozenset(line.leaf for line in store.ledger.lines())
    except RefusedError:
        return frozenset()


def _shown(value: Any) -> Any:
    """Show what no reader would see as escapes, and cut what nobody would read; the template escapes markup."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return reveal(value if len(value) <= _LONGEST else f"{value[:_LONGEST]} … [cut]")

"""What a run showed, as one text per place, so that signs can be looked for in it."""

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from proposer.proving.drill import Look
from proposer.reports import console
from proposer.reports.summary import Summary

__all__ = ["observed"]

_FENCE = re.compile(r"<<<(DATA-[0-9a-f-]+) .*?\1>>>", re.DOTALL)


def observed(summary: Summary, record: Path, steps: Iterable[str], heard: str) -> Mapping[Look, str]:
    """Return what is to be seen at each place.

    Args:
        summary: of the run.
        record: the folder of its record; empty for a run without one.
        steps: what the run told while it went on.
        heard: what the sockets of the range heard.
    """
    files = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in _files(record)}
    requests = [json.loads(line) for line in files.get("requests.jsonl", "").splitlines()]
    document = json.loads(files.get("record.json") or "{}")
    first = requests[0]["input"] if requests else []
    return {
        "output": "\n".join(output["text"] for row in requests for output in row["outputs"]),
        "instructions": _FENCE.sub("", "\n".join(_strings(first))),
        "prompt": files.get("prompt.md", ""),
        "tools": "\n".join(tool for row in requests for tool in row["tools"]),
        "outcome": summary.outcome.label,
        "reasons": "\n".join((summary.message, *summary.reasons)),
        "notes": "\n".join(summary.notes),
        "changed": "\n".join(document.get("outputs", {}).get("files_changed", ())),
        "instruction-paths": "\n".join(summary.instruction_paths),
        "excluded": "\n".join(summary.excluded),
        "not-reviewed": "\n".join(summary.not_reviewed),
        "answer": files.get("answer.json", ""),
        "log": _log(summary, steps),
        "markdown": files.get("answer.md", ""),
        "record": "\n".join(files.values()),
        "sizes": "\n".join(f"{path.name} {path.stat().st_size} bytes" for path in _files(record)),
        "heard": heard,
    }


def _files(record: Path) -> list[Path]:
    return sorted(path for path in record.iterdir() if path.is_file()) if record.is_dir() else []


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _log(summary: Summary, steps: Iterable[str]) -> str:
    """Return what a CI job would print for this run, on both streams."""
    stream = io.StringIO()
    with console.Progress(stream) as progress:
        for step in steps:
            progress.step(step)
    try:
        console.show(summary, stream)
    except Exception as error:  # noqa: BLE001 - a report that an answer can break is part of what is observed
        return f"the report broke: {type(error).__name__}"
    return stream.getvalue()

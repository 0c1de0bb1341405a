"""Files by which a job hands something on: step outputs, the job summary, reports, texts; never through the log."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from proposer.errors import UsageError

__all__ = ["append_summary", "put", "step_outputs"]


def step_outputs(environment: Mapping[str, str], values: Mapping[str, str]) -> None:
    """Append outputs of a step to the file that the runner names (docs.github.com, "Setting an output parameter").

    Each value is fenced by a line that nobody can foresee, so no value can set another one.

    Raises:
        UsageError: a name is none, or the file cannot be written.
    """
    if not (name := environment.get("GITHUB_OUTPUT")):
        return
    rows = []
    for key, value in values.items():
        if not key.replace("_", "").isalnum():
            raise UsageError(f"{key!r} is no name of an output", "use letters, digits and _")
        fence = f"end-{secrets.token_hex(16)}"
        rows.append(f"{key}<<{fence}\n{' '.join(value.split())}\n{fence}\n")
    _append(Path(name), "".join(rows))


def append_summary(environment: Mapping[str, str], text: str) -> None:
    """Append Markdown, which must be harmless already, to the summary of the job."""
    if name := environment.get("GITHUB_STEP_SUMMARY"):
        _append(Path(name), f"{text.rstrip()}\n\n")


def put(path: Path, text: str) -> None:
    """Write a file of the job; missing folders are made.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"{path.name} cannot be written: {error.strerror}", "name another file") from error


def _append(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8", errors="replace") as stream:
            stream.write(text)
    except OSError as error:
        raise UsageError(f"{path.name} cannot be written: {error.strerror}", "see the variables of the job") from error

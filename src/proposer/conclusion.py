"""What a CI job ends with after a run: outputs for the jobs after it, a line in the log, and an exit code.

Outcomes without a verdict (`unavailable`, `incomplete`) are no fault of the change: on GitHub, which knows only red and
green, such a job ends green with a warning. GitLab has a colour of its own for them (`allow_failure: exit_codes`).
"""

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proposer.errors import EXIT_INTERNAL, EXIT_REFUSED, EXIT_USAGE, Outcome, UsageError
from proposer.reports.safe import log_line, markdown

__all__ = ["Conclusion", "read"]

_RUN = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")
_DIGEST = re.compile(r"(?:sha256:)?[0-9a-f]{64}")
_NO_VERDICT = (Outcome.UNAVAILABLE.exit_code, Outcome.INCOMPLETE.exit_code)
_EXITS = frozenset({EXIT_USAGE, EXIT_REFUSED, EXIT_INTERNAL, *(outcome.exit_code for outcome in Outcome)})
_REPORT = "answer.md"
_LARGEST = 900_000
"""Bytes of a job summary; GitHub takes one mebibyte."""


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """What a run came to. `run`, `digest` and `record` are empty where there is no record.

    `digest` is the SHA-256 of its statement, as `codex.publish --digest` wants it; `proposal` tells whether there is
    one that the gate allows.
    """

    exit: int
    outcome: str
    message: str
    run: str = ""
    digest: str = ""
    record: str = ""
    proposal: bool = False

    @property
    def outputs(self) -> Mapping[str, str]:
        """The values for other jobs; one line each, of closed sets or digests, so none needs a delimiter."""
        return {
            "run": self.run, "digest": self.digest, "outcome": self.outcome, "exit": str(self.exit),
            "proposal": "true" if self.proposal else "",
        }  # fmt: skip

    def job_exit(self, environment: Mapping[str, str]) -> int:
        """Return what the job ends with."""
        return 0 if self.exit in _NO_VERDICT and environment.get("GITHUB_ACTIONS") == "true" else self.exit

    def tell(self, environment: Mapping[str, str], *, root: Path, summary: bool, out: Path | None) -> None:
        """Write outputs, summary and one line of the log.

        Args:
            environment: of the job; it names the files of the runner.
            root: of the repository, below which the record lies.
            summary: whether to put the report into the job's summary.
            out: file for the outputs as `NAME=value` (GitLab: `artifacts:reports:dotenv`).

        Raises:
            UsageError: a file cannot be written.
        """
        try:
            if path := environment.get("GITHUB_OUTPUT"):
                _append(Path(path), "".join(f"{name}={value}\n" for name, value in self.outputs.items()))
            if out is not None:
                _append(out, "".join(f"CODEX_{name.upper()}={value}\n" for name, value in self.outputs.items()))
            if summary and (path := environment.get("GITHUB_STEP_SUMMARY")):
                _append(Path(path), self._report(root))
        except OSError as error:
            raise UsageError(f"{error.filename} cannot be written: {error.strerror}", "look at the runner") from error
        line = " ".join(log_line(f"{self.outcome}: {self.message}").split())
        if environment.get("GITHUB_ACTIONS") == "true":
            kind = "notice" if not self.exit else "warning" if self.exit in _NO_VERDICT else "error"
            line = f"::{kind} title=codex::{line.replace('%', '%25')}"
        sys.stdout.write(f"{line}\n")

    def _report(self, root: Path) -> str:
        path = root / self.record / _REPORT
        if self.record and path.is_file():
            return path.read_text(encoding="utf-8", errors="replace")[:_LARGEST].rstrip() + "\n"
        return markdown(f"**{self.outcome}**: {self.message[:2_000]}") + "\n"


def read(path: Path) -> Conclusion:
    """Read what a task printed with `--json`: a run, or the error that kept it from being one.

    Raises:
        UsageError: it is neither, or was cut short.
    """
    try:
        document = json.loads(path.read_bytes())
        return {"proposer/run/v1": _of_run, "proposer/error/v1": _of_error}[document["schema"]](document)
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read: {error.strerror}", "name what --json printed") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UsageError(f"{path.name} is not what --json prints: {error}", "look at the step that ran") from error


def _of_error(document: Mapping[str, Any]) -> Conclusion:
    code = document["exit"]
    if code not in _EXITS:
        raise ValueError(f"exit {code!r}")
    message = ": ".join(filter(None, (str(document["message"]), str(document["hint"]))))
    return Conclusion(exit=code, outcome="error", message=message)


def _of_run(document: Mapping[str, Any]) -> Conclusion:
    outcome, run = Outcome.named(document["outcome"]), str(document["run"])
    digest = str(document["statement"]).removeprefix("sha256:")
    if outcome.exit_code != document["exit"]:
        raise ValueError(f"{outcome.label} ends with {outcome.exit_code}, not {document['exit']}")
    if (run or digest) and not (_RUN.fullmatch(run) and _DIGEST.fullmatch(digest)):
        raise ValueError("run and statement have another form")
    proposal = document.get("proposal")
    return Conclusion(
        exit=outcome.exit_code, outcome=outcome.label, message=str(document["message"]), run=run, digest=digest,
        record=str(document["record"]), proposal=bool(proposal and proposal["allowed"] and not outcome.exit_code),
    )  # fmt: skip


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as stream:
        stream.write(text)

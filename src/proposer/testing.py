"""Public pytest fixtures: a repository tries its own prompts, workflows and drills with a scripted model.

In a `conftest.py` at the top of the tests:

pytest_plugins = ["proposer.testing"]

Every fixture works in a copy: the repository under test, its index and its records stay as they are.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from proposer import git, workflow
from proposer.errors import Outcome
from proposer.invocation import binary, sandbox
from proposer.proving.drill import Planted, catalogue
from proposer.proving.ground import Ground
from proposer.proving.repository import Repository
from proposer.proving.result import Result
from proposer.relay.script import SCHEMA
from proposer.reports.summary import Summary

__all__ = [
    "Rehearsal",
    "Rehearse",
    "assert_contained",
    "drill_names",
    "proposer_rehearse",
    "proposer_repository",
    "proposer_sandbox",
    "proposer_try_drill",
]

CLEAN: Mapping[str, Any] = {"answer": {"summary": "nothing to report", "verdict": "approve", "findings": []}}
"""A step that answers a review and finds nothing."""


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """A finished run: its summary and the folder of its record."""

    summary: Summary
    record: Path

    @property
    def outcome(self) -> Outcome:
        """What the run came to."""
        return self.summary.outcome

    @property
    def prompt(self) -> str:
        """The prompt as it was sent, redacted."""
        return (self.record / "prompt.md").read_text(encoding="utf-8")

    @property
    def answer(self) -> Any:
        """The answer, redacted; None where there is none."""
        path = self.record / "answer.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    @property
    def requests(self) -> list[dict[str, Any]]:
        """What the relay saw, one object per request: `tools`, `input`, `outputs` and more; redacted."""
        text = (self.record / "requests.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    @property
    def tools(self) -> set[str]:
        """Names of all tools that were offered to the model."""
        return {tool for request in self.requests for tool in request["tools"]}

    @property
    def outputs(self) -> list[str]:
        """What each tool call gave back, in order."""
        return [output["text"] for request in self.requests for output in request["outputs"]]

    @property
    def changed(self) -> list[str]:
        """Paths of the stage that the run changed."""
        document = json.loads((self.record / "record.json").read_text(encoding="utf-8"))
        return list(document["outputs"]["files_changed"])


class Rehearse(Protocol):
    """What the fixture `proposer_rehearse` returns."""

    def __call__(
        self,
        *turns: Mapping[str, Any] | Sequence[Mapping[str, Any]],
        workflow: str = "review",
        change: Mapping[str, str] | None = None,
        texts: Mapping[str, str] | None = None,
    ) -> Rehearsal:
        """Run a workflow with a scripted model.

        Args:
            *turns: of the rehearsal script; without any, the model finds nothing (`CLEAN`).
            workflow: a table of the repository's proposer.toml.
            change: files of the change under review, by path; without any, one small note.
            texts: untrusted texts by file name.

        Raises:
            UsageError: the repository has no lock, or no such workflow.
        """


@pytest.fixture(scope="session")
def proposer_repository(pytestconfig: pytest.Config) -> Path:
    """The repository under test: the one that holds pytest's root folder. Override it to choose another."""
    return git.root_of(pytestconfig.rootpath)


@pytest.fixture(scope="session")
def proposer_sandbox(tmp_path_factory: pytest.TempPathFactory) -> bool:
    """Whether Codex's sandbox starts on this machine; without it drills with a shell are `unavailable`."""
    folder = tmp_path_factory.mktemp("proposer-sandbox")
    (folder / "home").mkdir()
    (folder / "codex").mkdir()
    return sandbox.probe(binary.find(), folder / "home", folder / "codex", []).works


@pytest.fixture
def proposer_rehearse(proposer_repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rehearse:
    """Return a function that runs a workflow over a change in a copy of the repository."""
    scratch = tmp_path / "proposer"
    scratch.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(scratch / "cache"))
    copy = Repository.copied(proposer_repository, scratch / "repository", scratch / "index")
    numbers = iter(range(1, 1_000_000))

    def rehearse(
        *turns: Mapping[str, Any] | Sequence[Mapping[str, Any]],
        workflow: str = "review",
        change: Mapping[str, str] | None = None,
        texts: Mapping[str, str] | None = None,
    ) -> Rehearsal:
        number = next(numbers)
        script = scratch / f"script-{number}.json"
        script.write_text(json.dumps({"schema": SCHEMA, "turns": list(turns) or [CLEAN]}), encoding="utf-8")
        paths = []
        for name, text in (texts or {}).items():
            path = scratch / f"text-{number}-{Path(name).name}"
            path.write_text(text, encoding="utf-8")
            paths.append(path)
        files = change or {"rehearsal-note.txt": "one line, so that there is something to look at\n"}
        head = copy.change(copy.first, [Planted(path=path, text=text) for path, text in files.items()])
        return _run(copy, workflow, head, f"rehearsal:{script}", tuple(paths))

    return rehearse


def _run(copy: Repository, name: str, head: str, provider: str, texts: tuple[Path, ...]) -> Rehearsal:
    request = workflow.Request(workflow=name, base=copy.first, head=head, provider=provider, texts=texts, fresh=True)
    summary = workflow.execute(copy.root, request, environment={}, on_step=lambda _: None)
    return Rehearsal(summary=summary, record=copy.root / summary.record)


@pytest.fixture(scope="session")
def proposer_try_drill(proposer_repository: Path) -> Iterator[Callable[[str], Result]]:
    """Return a function that tries the drill of a name, a shipped one or one of the repository's `drills/`."""
    drills = catalogue(proposer_repository)
    with Ground(proposer_repository) as ground:
        yield lambda name: ground.attempt(drills[name])


def drill_names(repository: Path | None = None) -> list[str]:
    """Return the names of all drills, to parametrise a test with; with a repository, its own too.

    Raises:
        UsageError: a file in the repository's `drills/` is no drill.
    """
    return sorted(catalogue(repository))


def assert_contained(result: Result) -> None:
    """Fail unless an attack reached its guard and was stopped there; the message says what was seen."""
    told = f"{result.name} ({result.tried}): {result.outcome}, {result.detail or 'no detail'}. {result.remedy}"
    assert result.outcome == "contained", told.rstrip()  # noqa: S101 - this is what tests call

"""A workflow of GitHub Actions as it is written: parsed, with the comments that stand behind its values.

Read as YAML 1.2 does (`on` is a key, not a truth value); a key that stands twice is refused, for a reader sees one of
the two and the runner takes the other.
"""

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from proposer.errors import UsageError

__all__ = ["Job", "Step", "WorkflowFile", "expressions", "read"]

_COMMENT = re.compile(r"\s#\s*(.*)$")
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


class _Loader(yaml.SafeLoader):
    """YAML 1.2 truth values, no key twice, and no merge of mappings from elsewhere."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Make a mapping; a key that stands twice is an error."""
        found = super().construct_mapping(node, deep=deep)
        if len(found) != len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key stands twice", node.start_mark)
        return found


_TRUTH, _MERGE = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:merge"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rows if tag not in (_TRUTH, _MERGE)]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_TRUTH, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), "tTfF")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step; `number` counts from 1."""

    number: int
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Return how a message names it."""
        return str(self.data.get("name") or f"step {self.number}")

    @property
    def uses(self) -> str:
        """The action, as written; empty for a script."""
        return str(self.data.get("uses") or "")

    @property
    def action(self) -> str:
        """The action without its version."""
        return self.uses.partition("@")[0].lower()

    @property
    def run(self) -> str:
        """The script; empty for an action."""
        return str(self.data.get("run") or "")

    @property
    def inputs(self) -> Mapping[str, Any]:
        """The inputs of the action."""
        return _table(self.data.get("with"))

    @property
    def env(self) -> Mapping[str, Any]:
        """The variables of the step."""
        return _table(self.data.get("env"))


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job."""

    name: str
    data: Mapping[str, Any]

    @property
    def permissions(self) -> Mapping[str, str] | None:
        """What its token may do; None where it does not say, or says it in one word."""
        found = self.data.get("permissions")
        return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else None

    @property
    def writes(self) -> tuple[str, ...]:
        """What its token may write."""
        return tuple(scope for scope, value in (self.permissions or {}).items() if value == "write")

    @property
    def steps(self) -> tuple[Step, ...]:
        """Its steps."""
        rows = self.data.get("steps")
        rows = rows if isinstance(rows, list) else []
        return tuple(Step(number=number, data=_table(row)) for number, row in enumerate(rows, 1))


@dataclass(frozen=True, kw_only=True)
class WorkflowFile:
    """A workflow: its content, and its lines."""

    path: Path
    data: Mapping[str, Any]
    lines: tuple[str, ...]

    @property
    def triggers(self) -> Mapping[str, Any]:
        """What starts it, with the details of each."""
        given = self.data.get("on")
        if isinstance(given, str):
            return {given: None}
        return dict.fromkeys(map(str, given)) if isinstance(given, list) else _table(given)

    @property
    def sees_changes(self) -> bool:
        """Whether it runs on changes that nobody has accepted yet."""
        return "pull_request" in self.triggers

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Its jobs."""
        return tuple(Job(name=str(name), data=_table(job)) for name, job in _table(self.data.get("jobs")).items())

    def comments(self, key: str, value: str) -> Iterator[str]:
        """Yield the comment behind each line `key: value`; empty where there is none."""
        wanted = re.compile(rf"\s*(?:-\s+)?[\"']?{re.escape(key)}[\"']?:\s+[\"']?{re.escape(value)}[\"']?(?=\s|$)")
        for line in self.lines:
            if match := wanted.match(line):
                comment = _COMMENT.search(line, match.end())
                yield comment[1].strip() if comment else ""


def expressions(value: Any) -> Iterator[str]:
    """Yield the text of every expression `${{ ... }}` anywhere in a value, keys included."""
    if isinstance(value, str):
        yield from (found.strip() for found in _EXPRESSION.findall(value))
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from expressions(key)
            yield from expressions(part)
    elif isinstance(value, list):
        for part in value:
            yield from expressions(part)


def read(path: Path) -> WorkflowFile:
    """Read a workflow.

    Raises:
        UsageError: it cannot be read, is no mapping, or holds a key twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader that knows less
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise UsageError(f"{path.name} cannot be read: {' '.join(str(error).split())}", "mend the file") from error
    if not isinstance(data, dict):
        raise UsageError(f"{path.name} is no workflow", "name a file of .github/workflows")
    return WorkflowFile(path=path, data=data, lines=tuple(text.splitlines()))


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}

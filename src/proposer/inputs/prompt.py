"""The prompt of a run: the workflow's file, the change as a diff, and untrusted text, each fenced as data."""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from proposer.errors import UsageError
from proposer.git import Git
from proposer.inputs.subject import Subject
from proposer.inputs.untrusted import fence, invisible, reveal

__all__ = ["EXCLUDED", "Diff", "Hidden", "Prompt", "diff_of", "render"]

EXCLUDED = (
    "package-lock.json", "*/package-lock.json", "npm-shrinkwrap.json", "*/npm-shrinkwrap.json", "yarn.lock",
    "*/yarn.lock",
    "pnpm-lock.yaml", "*/pnpm-lock.yaml", "uv.lock", "*/uv.lock", "poetry.lock", "*/poetry.lock", "Pipfile.lock",
    "*/Pipfile.lock", "Cargo.lock", "*/Cargo.lock", "go.sum", "*/go.sum", "composer.lock", "*/composer.lock",
    "*.min.js", "*.min.css", "*.map",
)  # fmt: skip
_CONTEXT = "-U12"


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """An added line with a character that nobody sees; a finding by itself."""

    path: str
    line: int
    text: str
    names: str


@dataclass(frozen=True, kw_only=True)
class Diff:
    """A change as text. `excluded` and `not_reviewed` name what is not in it, and why not is their name."""

    text: str
    excluded: tuple[str, ...]
    not_reviewed: tuple[str, ...]
    hidden: tuple[Hidden, ...]


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """The text that Codex gets on standard input."""

    text: str


def diff_of(git: Git, subject: Subject, *, generated: Callable[[Sequence[str]], set[str]], exclude: tuple[str, ...],
            budget: int) -> Diff:  # fmt: skip
    """Return the subject's change as one text that fits the budget.

    Args:
        git: git over the workspace's store; attributes of the change itself are not seen by it.
        subject: the change.
        generated: which of these paths the base's attributes mark as generated or binary.
        exclude: more patterns to leave out, from the settings of the base.
        budget: characters that the text may have.
    """
    marked = generated([change.path for change in subject.changes])
    chunks, binary = _chunks(git, subject), _binary(git, subject)
    excluded, left, kept, hidden, used = [], [], [], [], 0
    for change in subject.changes:
        patch = chunks[change.path]
        if change.path in marked or _matches(change.path, (*EXCLUDED, *exclude)) or change.path in binary:
            excluded.append(change.path)
            continue
        text = reveal(patch)
        if used + len(text) > budget:
            left.append(change.path)
            continue
        used += len(text)
        kept.append(text)
        if text != patch:
            hidden.extend(_hidden(change.path, patch))
    return Diff(text="".join(kept), excluded=tuple(excluded), not_reviewed=tuple(left), hidden=tuple(hidden))


def _matches(path: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def _binary(git: Git, subject: Subject) -> set[str]:
    """Return the changed paths that git takes for binary (git-diff(1), --numstat prints `-` for them)."""
    data = git("diff-tree", "-r", "--numstat", "-z", "--no-renames", "--no-ext-diff", subject.old, subject.tree)
    rows = [row.split(b"\t", 2) for row in data.split(b"\0") if row]
    return {os.fsdecode(row[2]) for row in rows if row[0] == b"-"}


def _chunks(git: Git, subject: Subject) -> dict[str, str]:
    """Return the patch of each changed path.

    Patches come in the order of the changes, and a line that starts with `diff --git ` outside of a hunk starts one:
    inside a hunk every line has a prefix. A type change is written as two patches.
    """
    data = git("diff-tree", "-r", "-p", "--text", "--no-renames", "--no-ext-diff", "--no-textconv", "--full-index",
               "--no-color", "--submodule=short", _CONTEXT, subject.old, subject.tree)  # fmt: skip
    parts = re.split(r"(?m)^(?=diff --git )", data.decode("utf-8", errors="replace"))
    rest = iter(part for part in parts if part)
    chunks: dict[str, str] = {}
    for change in subject.changes:
        count = 2 if change.status == "T" else 1
        chunks[change.path] = "".join(next(rest, "") for _ in range(count))
    return chunks


def _hidden(path: str, patch: str) -> list[Hidden]:
    found, line = [], 0
    for row in patch.split("\n"):
        if start := re.match(r"@@ -\d+(?:,\d+)? \+(\d+)", row):
            line = int(start[1]) - 1
        elif row.startswith(("+", " ")):
            line += 1
            if row.startswith("+") and not row.startswith("+++ ") and (at := invisible(row)):
                names = ", ".join(sorted({f"U+{ord(row[position]):04X}" for position in at}))
                found.append(Hidden(path=path, line=line, text=row[1:], names=names))
    return found


def render(
    source: str,
    *,
    diff: Diff,
    texts: Sequence[tuple[str, str]],
    limit: int,
    values: dict[str, str],
) -> Prompt:
    """Fill a workflow's prompt file.

    The file sees `diff`, `texts` (a list of fenced blocks), `excluded`, `not_reviewed` and `values`.

    Args:
        source: the prompt file's text, from the base.
        diff: the change.
        texts: (label, text) of each untrusted text, cleaned and masked.
        limit: characters that the prompt may have.
        values: own arguments of the workflow.

    Raises:
        UsageError: the prompt file has a mistake, or what it asks for does not fit.
    """
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    try:
        text = environment.from_string(source).render(
            diff=fence(diff.text, "the change, as a unified diff"),
            texts=[fence(text, label) for label, text in texts],
            excluded=list(diff.excluded),
            not_reviewed=list(diff.not_reviewed),
            **values,
        )
    except TemplateError as error:
        raise UsageError(f"the prompt file cannot be filled: {error}", "mend it, then run: inv codex.lock") from error
    if len(text) > limit:
        raise UsageError(
            f"the prompt has {len(text)} characters, {limit} are allowed", "shorten the --text files or the prompt"
        )
    return Prompt(text=text)

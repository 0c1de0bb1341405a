"""The prompt of a run: the workflow's file, the change as a diff, and untrusted text, each fenced as data."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from types import MappingProxyType

from jinja2 import DictLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from proposer.errors import UsageError
from proposer.git import Git, shown
from proposer.inputs.opaque import is_data
from proposer.inputs.packing import packed
from proposer.inputs.patches import added_lines, binary_paths, patches_of, reduced, sizes_of
from proposer.inputs.subject import Change, Subject
from proposer.inputs.untrusted import fence, invisible, reveal

__all__ = ["EXCLUDED", "Diff", "Hidden", "Prompt", "diff_of", "joined", "label_of", "render", "values_of", "visible"]

EXCLUDED = (
    "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "uv.lock", "poetry.lock", "Pipfile.lock",
    "Cargo.lock", "go.sum", "composer.lock",
)  # fmt: skip
"""Lock files of package managers, in any folder; beyond these the name of a file excludes nothing."""
_LARGEST_BYTES = 64 * 1024 * 1024
_READ_BYTES = 16 * 1024 * 1024
_BREAKS = re.compile("\r(?!\n|\\Z)|[\x0b\x0c\x85\u2028\u2029]")
"""Characters that end a line for some programs and not for git; a diff must show them."""
_LISTING = 1_500
"""Characters of each list of names in the prompt; the report names all."""
_PLAIN_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}")
_RESERVED = frozenset({"diff", "texts", "excluded", "not_reviewed", "part"})


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """An added line with a character that nobody sees; a finding by itself."""

    path: str
    line: int
    text: str
    names: str


@dataclass(frozen=True, kw_only=True)
class Diff:
    """A change as text. `excluded` and `not_reviewed` name what is not in it, and why not is their name.

    `parts` is the text as it is shown, one part for each call; without parts, `text` is the only one.
    """

    text: str
    excluded: tuple[str, ...]
    not_reviewed: tuple[str, ...]
    hidden: tuple[Hidden, ...]
    parts: tuple[str, ...] = ()

    def shown(self) -> list["Diff"]:
        """Return the change as each call shows it; there is always one call."""
        return [replace(self, text=part, parts=()) for part in self.parts or (self.text,)]


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """The text that Codex gets on standard input."""

    text: str


def diff_of(git: Git, subject: Subject, *, generated: Callable[[Sequence[str]], set[str]], exclude: tuple[str, ...],
            budget: int, calls: int = 1) -> Diff:  # fmt: skip
    """Return the subject's change as one text that fits the budget, or as a few that do.

    Args:
        git: git over the workspace's store; attributes of the change itself are not seen by it.
        subject: the change.
        generated: which of these paths the base's attributes mark as generated or binary.
        exclude: more patterns to leave out, from the settings of the base.
        budget: characters that each text may have.
        calls: how many texts there may be.

    Raises:
        UsageError: an object that this clone lacks.
    """
    marked = generated([change.path for change in subject.changes])
    sizes = sizes_of(git, [oid for change in subject.changes for oid in change.oids])
    excluded, left, wanted = [], [], []
    for change in subject.changes:
        sides = [sizes.get(oid, 0) for oid in change.oids]
        if change.path in marked or _locks(change.path) or _matches(change.path, exclude):
            excluded.append(change)
        elif max(sides, default=0) > _LARGEST_BYTES or (len(sides) == 1 and sides[0] > 4 * budget):
            left.append(change)  # a character has at most four bytes: it cannot fit
        else:
            wanted.append(change)
    old, new = (subject.old, subject.tree) if len(wanted) == len(subject.changes) else _trees(git, wanted)
    if opaque := binary_paths(git, old, new):
        for change in (change for change in wanted if change.raw in opaque):
            (excluded if _is_data(git, change, sizes) else left).append(change)
        wanted = [change for change in wanted if change.raw not in opaque]
        old, new = _trees(git, wanted)
    patches = patches_of(git, old, new, wanted)
    texts = [visible(patches[change.path].decode("utf-8", errors="backslashreplace")) for change in wanted]
    lengths = [(change.path, len(text)) for change, text in zip(wanted, texts, strict=True)]
    packs, rest = packed(lengths, budget=budget, most=calls)
    left += [wanted[at] for at in rest]
    kept = sorted(at for pack in packs for at in pack)
    parts = tuple("".join(texts[at] for at in pack) for pack in packs)
    return Diff(
        text="".join(texts[at] for at in kept),
        excluded=_names(excluded),
        not_reviewed=_names(left),
        hidden=tuple(one for at in kept for one in _hidden(wanted[at].path, patches[wanted[at].path])),
        parts=parts if len(parts) > 1 else (),
    )


def visible(text: str) -> str:
    """Show in a diff what a reader would not see, as escapes such as `⟦U+202E⟧`."""
    return _BREAKS.sub(lambda match: f"⟦U+{ord(match[0]):04X}⟧", reveal(text))


def _names(changes: Sequence[Change]) -> tuple[str, ...]:
    return tuple(sorted(shown(change.path) for change in changes))


def _trees(git: Git, changes: Sequence[Change]) -> tuple[str, str]:
    return reduced(git, changes, str(git.cwd / "shown.index"))


def _locks(path: str) -> bool:
    return path.rpartition("/")[2] in EXCLUDED


def _matches(path: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def _is_data(git: Git, change: Change, sizes: Mapping[str, int]) -> bool:
    """Tell whether what git takes for binary is data; else it was not reviewed, and a person must look."""
    small = [oid for oid in change.oids if sizes.get(oid, 0) <= _READ_BYTES]
    data = git.blobs(small)
    mode = change.new_mode if change.new_mode.strip("0") else change.old_mode
    return is_data(change.path, mode, data.get(change.old_oid), data.get(change.new_oid))


def _hidden(path: str, patch: bytes) -> list[Hidden]:
    """Return what nobody sees in the lines that a patch adds, and in the name of the file."""
    found = []
    name = shown(path)
    if at := invisible(name):
        found.append(Hidden(path=name, line=1, text="", names=_listed(name[place] for place in at)))
    for added in added_lines(patch):
        line = added.text.decode("utf-8", errors="backslashreplace")
        # A form feed on a line of its own is how old editors page; the carriage return of CRLF ends every line.
        plain = "" if not line.strip(" \t\f\r") else line.removesuffix("\r")
        signs = {plain[place] for place in invisible(plain)} | set(_BREAKS.findall(f"{plain} "))
        if signs:
            found.append(Hidden(path=name, line=added.line, text=line, names=_listed(signs)))
    return found


def _listed(signs: Iterable[str]) -> str:
    return ", ".join(sorted({f"U+{ord(sign):04X}" for sign in signs}))


def render(
    source: str,
    *,
    diff: Diff,
    texts: Sequence[tuple[str, str]],
    limit: int,
    values: Mapping[str, Mapping[str, str]],
    includes: Mapping[str, str] = MappingProxyType({}),
    part: str = "",
) -> Prompt:
    """Fill a workflow's prompt file.

    The file sees `diff`, `texts` (a list of fenced blocks), `excluded` and `not_reviewed` (each a list of at most one
    fenced block: names are data too), `part` (`2 of 3` where the change is split) and `values` (see `values_of`).
    Nothing of these is read as a template.

    Args:
        source: the prompt file's text, from the base.
        diff: the change.
        texts: (label, text) of each untrusted text, cleaned and masked; see `label_of`.
        limit: characters that the prompt may have.
        values: tables of the workflow's own, by name.
        part: which part of the change this is; empty: the whole.
        includes: texts that the file may include, by name (see `includes.beside`).

    Raises:
        UsageError: the prompt file has a mistake, or what it asks for does not fit.
    """
    if taken := _RESERVED & set(values):
        raise ValueError(f"{min(taken)} is a name of the prompt's own")
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True, loader=DictLoader(includes)
    )
    try:
        text = environment.from_string(source).render(
            diff=fence(diff.text, "the change, as a unified diff"),
            texts=[fence(text, label) for label, text in texts],
            excluded=_listing(diff.excluded, "files that were left out as generated, locked or binary"),
            not_reviewed=_listing(diff.not_reviewed, "files that did not fit or cannot be shown"),
            part=part,
            **values,
        )
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"the prompt file cannot be filled: {error}", "mend it, then run: inv codex.lock") from error
    if len(text) > limit:
        raise UsageError(
            f"the prompt has {len(text)} characters, {limit} are allowed", "shorten the --text files or the prompt"
        )
    return Prompt(text=text)


def joined(calls: Sequence[Prompt]) -> Prompt:
    """Return the prompts of all calls as one text, for the record."""
    if len(calls) == 1:
        return calls[0]
    heads = [f"=== part {number} of {len(calls)} ===" for number in range(1, len(calls) + 1)]
    return Prompt(text="\n\n".join(f"{head}\n\n{call.text}" for head, call in zip(heads, calls, strict=True)))


def values_of(
    facts: Sequence[tuple[str, str]], arguments: Sequence[tuple[str, str]], declared: Sequence[str]
) -> dict[str, dict[str, str]]:
    """Return the tables `facts` and `arguments` of a prompt.

    Each fact is a fenced block. An argument stands as it is where it is a plain word or two, else fenced as well; one
    that the workflow declares and nobody gave is empty.

    Args:
        facts: (kind, text), cleaned and masked.
        arguments: (name, text), cleaned and masked.
        declared: names of the arguments that the prompt may use.
    """
    given = {name: text if not text or _PLAIN_LABEL.fullmatch(text) else fence(text, name) for name, text in arguments}
    return {
        "facts": {name: fence(text, f"facts found out by the host: {name}") for name, text in facts},
        "arguments": dict.fromkeys(declared, "") | given,
    }


def label_of(name: str) -> str:
    """Return what a text is called outside of its fence: nothing that a stranger could have chosen freely."""
    return name if _PLAIN_LABEL.fullmatch(name) else "untrusted text"


def _listing(names: Sequence[str], label: str) -> list[str]:
    """Return names as one fenced block, JSON-quoted, one a line; none where there are none."""
    if not names:
        return []
    rows: list[str] = []
    used = 0
    for name in names:
        row = json.dumps(visible(name), ensure_ascii=False)
        used += len(row) + 1
        if used > _LISTING:
            rows.append(f"and {len(names) - len(rows)} more")
            break
        rows.append(row)
    return [fence("\n".join(rows), label)]

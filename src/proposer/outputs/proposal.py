"""The gate of a proposal: what a patch changes, read from tree objects, against what its workflow may change."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from proposer.errors import ProposerError
from proposer.outputs import trees
from proposer.outputs.additions import scan
from proposer.outputs.globs import PatternError
from proposer.outputs.paths import PathPolicy, Rules, collision_key, name_reasons, rules_of, shown
from proposer.outputs.protected import DEFAULT, MIGRATIONS
from proposer.outputs.reasons import CODES, FORBIDDEN, Reason
from proposer.outputs.redact import Redactor
from proposer.outputs.weakening import weakenings

__all__ = ["CODES", "DEFAULT", "FORBIDDEN", "MIGRATIONS", "GateReport", "PathPolicy", "Reason", "check"]

_FILE, _EXECUTABLE, _LINK, _MODULE = "100644", "100755", "120000", "160000"
_WRITTEN = frozenset({b"100644", b"100755", b"40000", b"120000", b"160000"})
_COUNTED_FILES, _COUNTED_BYTES = 10_000, 32 * 1024 * 1024
"""Beyond these the lines of a proposal that is refused anyway are not counted."""


@dataclass(frozen=True, kw_only=True)
class GateReport:
    """What the gate says. `files`, `added` and `removed` count changed files and lines."""

    reasons: list[Reason] = field(default_factory=list)
    files: int = 0
    added: int = 0
    removed: int = 0

    @property
    def allowed(self) -> bool:
        """Whether the proposal may be used: there is no reason against it."""
        return not self.reasons

    @property
    def forbidden(self) -> bool:
        """Whether it does what no workflow may do."""
        return any(reason.code in FORBIDDEN for reason in self.reasons)


def check(
    repo: Path,
    base: str,
    head: str,
    policy: PathPolicy = PathPolicy(),  # noqa: B008 - frozen
    *,
    redact: Callable[[str], str] | None = None,
) -> GateReport:
    """Judge the change from one tree to another. Nothing raises: a check that cannot be made refuses.

    Args:
        repo: the repository, with a work tree or bare; nothing in it is trusted, run, or believed.
        base: revision or tree id that the change starts from.
        head: revision or tree id that it ends in.
        policy: what the workflow may change.
        redact: masks secrets; the patterns of `Redactor` by default.
    """
    try:
        rules = rules_of(policy)
        with trees.opened(Path(repo), base, head) as comparison:
            return _judged(comparison, policy, rules, redact or Redactor().text)
    except PatternError as error:
        return GateReport(reasons=[Reason("policy", "", str(error))])
    except ProposerError as error:
        return GateReport(reasons=[Reason("unreadable", "", error.message)])
    except Exception as error:  # noqa: BLE001 - a gate that breaks stays shut
        return GateReport(reasons=[Reason("unreadable", "", f"the check failed: {type(error).__name__}")])


def _judged(comparison: trees.Comparison, policy: PathPolicy, rules: Rules, redact: Callable[[str], str]) -> GateReport:
    malformed = list(_malformed(comparison))
    if malformed:
        return GateReport(reasons=malformed)
    changes = comparison.changes()
    reasons = [reason for change in changes for reason in _entry(change, rules)]
    names = [shown(change.path) for change in changes]
    reasons += [
        Reason("secret", name, "the name holds what looks like a secret") for name in names if redact(name) != name
    ]
    reasons += [*_collisions(comparison, changes), *_repositories(comparison)]
    sizes, limits = _limits(comparison, changes, policy)
    counted = not limits or (len(changes) <= _COUNTED_FILES and sizes <= _COUNTED_BYTES)
    added, removed = _lines(comparison, changes) if counted else (0, 0)
    reasons += limits
    if added > policy.max_added_lines:
        message = f"{added} added lines; {policy.max_added_lines} are the most"
        reasons.append(Reason("too-many-lines", "", message))
    if not limits:
        reasons += _contents(comparison, changes, policy, redact)
    return GateReport(
        reasons=sorted((_masked(reason, redact) for reason in set(reasons)), key=_place),
        files=len(changes),
        added=added,
        removed=removed,
    )


def _lines(comparison: trees.Comparison, changes: list[trees.Change]) -> tuple[int, int]:
    """Return the number of added and removed lines; where bytes became text every line is new."""
    added, removed, uncounted = comparison.counts()
    odd = [change.new_oid for change in changes if change.path in uncounted and change.new_mode in (_FILE, _EXECUTABLE)]
    data = comparison.objects(set(odd), "blob")
    return added + sum(len(data[oid].splitlines()) for oid in odd), removed


def _masked(reason: Reason, redact: Callable[[str], str]) -> Reason:
    """Return a reason without a secret that its path or its sentence holds."""
    return Reason(reason.code, redact(reason.path), redact(reason.message))


def _place(reason: Reason) -> tuple[bool, str, str, str]:
    return reason.code not in FORBIDDEN, reason.path, reason.code, reason.message


def _malformed(comparison: trees.Comparison) -> Iterator[Reason]:
    """Yield what is wrong with tree objects that the base does not have (git-fsck(1) calls these errors)."""
    for raw, nodes, old in comparison.new_trees():
        path = shown(raw)
        names = [node.name for node in nodes]
        order = [node.name + (b"/" if node.mode.lstrip(b"0") == b"40000" else b"") for node in nodes]
        if len(set(names)) != len(names):
            yield Reason("malformed-tree", path, "a folder holds one name twice")
        elif order != sorted(order):
            yield Reason("malformed-tree", path, "the entries of a folder are not in order")
        if any(name in (b"", b".", b"..") or b"/" in name for name in names):
            yield Reason("malformed-tree", path, "a folder holds an empty name, `.`, `..` or a name with a slash")
        for node in set(nodes) - set(old):
            if node.mode not in _WRITTEN:
                where = shown(raw + b"/" + node.name if raw else node.name)
                yield Reason("bad-mode", where, f"has mode {shown(node.mode)}")


def _entry(change: trees.Change, rules: Rules) -> Iterator[Reason]:
    """Yield what speaks against one changed path, whatever its content."""
    path, modes = shown(change.path), (change.old_mode, change.new_mode)
    deleted = change.status == "D"
    if not deleted:
        yield from name_reasons(change.path)
    yield from rules.reasons(path, deleted=deleted)
    if _LINK in modes:
        yield Reason("symlink", path, "is a symbolic link")
    if _MODULE in modes:
        yield Reason("submodule", path, "is a submodule")
    if change.status not in "AMD":
        yield Reason("type-change", path, f"changes from mode {change.old_mode} to {change.new_mode}")
    if change.new_mode == _EXECUTABLE != change.old_mode:
        yield Reason("executable", path, "is a new executable" if change.status == "A" else "becomes executable")


def _collisions(comparison: trees.Comparison, changes: list[trees.Change]) -> Iterator[Reason]:
    """Yield new paths that are the same as another one somewhere, and files that become folders or the reverse."""
    groups: defaultdict[str, set[bytes]] = defaultdict(set)
    for path in comparison.after:
        groups[collision_key(shown(path))].add(path)
    for group in groups.values():
        if len(group) > 1:
            for path in sorted(group - comparison.before.keys()):
                other = min(group - {path})
                yield Reason("collision", shown(path), f"is the same path as {shown(other)} on some file system")
    for change in changes:
        kind = comparison.after.get(change.path, ("", ""))[0]
        if change.status == "D" and kind == "tree":
            yield Reason("type-change", shown(change.path), "a file becomes a folder")
        if change.status == "A" and comparison.before.get(change.path, ("", ""))[0] == "tree":
            yield Reason("type-change", shown(change.path), "a folder becomes a file")


def _repositories(comparison: trees.Comparison) -> Iterator[Reason]:
    """Yield new paths that make a folder what git takes for a repository: it would obey the settings in it."""
    marks = ((b"HEAD", "blob"), (b"objects", "tree"), (b"refs", "tree"))
    for path in sorted(comparison.after.keys() - comparison.before.keys()):
        folder, slash, name = path.rpartition(b"/")
        if name not in (b"HEAD", b"objects", b"refs"):
            continue
        if all(comparison.after.get(folder + slash + mark, ("", ""))[0] == kind for mark, kind in marks):
            yield Reason("dot-git", shown(path), "makes its folder a repository, whose settings git would obey")


def _limits(comparison: trees.Comparison, changes: list[trees.Change], policy: PathPolicy) -> tuple[int, list[Reason]]:
    """Return the bytes of all new files together, and what is too many or too much."""
    found = []
    if len(changes) > policy.max_files:
        found.append(Reason("too-many-files", "", f"{len(changes)} files; {policy.max_files} are the most"))
    new = [change for change in changes if change.new_mode in (_FILE, _EXECUTABLE, _LINK)]
    sizes = comparison.sizes([change.new_oid for change in new])
    for change in new:
        if sizes[change.new_oid] > policy.max_file_bytes:
            message = f"{sizes[change.new_oid]} bytes; {policy.max_file_bytes} are the most"
            found.append(Reason("file-too-large", shown(change.path), message))
    total = sum(sizes[change.new_oid] for change in new)
    if total > policy.max_bytes:
        found.append(Reason("too-large", "", f"{total} bytes in all; {policy.max_bytes} are the most"))
    return total, found


def _contents(
    comparison: trees.Comparison, changes: list[trees.Change], policy: PathPolicy, redact: Callable[[str], str]
) -> Iterator[Reason]:
    """Yield what speaks against the content of changed files."""
    plain = (_FILE, _EXECUTABLE)
    new = {change.path: change.new_oid for change in changes if change.new_mode in plain}
    old = {change.path: change.old_oid for change in changes if change.old_mode in plain}
    data = comparison.objects({*new.values(), *old.values()}, "blob")
    before = {shown(path): data[oid].decode(errors="replace") for path, oid in old.items()}
    after = {}
    for path, oid in new.items():
        try:
            after[shown(path)] = data[oid].decode()
        except UnicodeDecodeError:
            yield Reason("binary", shown(path), "is not UTF-8 text")
            continue
        if b"\0" in data[oid]:
            yield Reason("binary", shown(path), "holds a NUL byte")
    yield from scan(before, after, redact)
    if policy.tests == "protect":
        yield from weakenings(
            before, after, tracked=[shown(path) for path, (kind, _) in comparison.after.items() if kind == "blob"]
        )

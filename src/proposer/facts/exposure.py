"""The deterministic risk score of a change: what it touches, how much, and which rights it moves."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from proposer.facts.ground import Ground
from proposer.git import Git, shown
from proposer.inputs.patches import sizes_of
from proposer.inputs.subject import SUBMODULE, Change

__all__ = ["of"]

_HIGHEST = 10
_NAMED = 10
_LARGEST_BYTES = 2_000_000
_SENSITIVE = (
    "*auth*", "*permission*", "*security*", "*secret*", "*credential*", "*crypt*", "*middleware*", "*settings*",
)  # fmt: skip
_DEPENDENCIES = (
    "pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "Pipfile.lock", "uv.lock", "poetry.lock", "requirements*.txt",
    "requirements/*.txt", "requirements/*.in", "constraints*.txt", "package.json", "package-lock.json", "yarn.lock",
    "pnpm-lock.yaml", "go.mod", "go.sum", "Cargo.toml", "Cargo.lock", "Gemfile", "Gemfile.lock",
)  # fmt: skip
_OPERATIONS = (
    ".github/*", ".gitlab-ci.yml", ".gitlab/*", "Dockerfile*", "*/Dockerfile*", "docker-compose*", "compose*.y*ml",
    "*.tf", "k8s/*", "helm/*", "deploy/*", "Makefile", "noxfile.py", "tasks.py", "Procfile", "nginx*",
)  # fmt: skip
_MIGRATIONS = ("migrations/*.py", "*/migrations/*.py", "*/migrations/versions/*.py", "alembic/versions/*.py", "*.sql")
_GUARD = re.compile(
    r"(?i)permission|authori[sz]|authenticat|login_required|require_(?:user|role|auth|login)|csrf|is_(?:staff|admin|superuser)"
    r"|access_?control|verify_(?:token|signature|password)|Security\(|HTTPBearer"
)
_WIDER = re.compile(
    r"(?i)csrf_exempt|AllowAny|permission_classes\s*=\s*\[\s*\]|verify\s*=\s*False|allow_origins.{0,20}\*|chmod\b.{0,12}[67]77"
    r"|permissions:\s*write-all|(?:contents|id-token|packages|pull-requests|actions):\s*write|DEBUG\s*=\s*True"
)
_SIZES = ((800, 3), (200, 2), (50, 1))
_MANY_FILES = 20


@dataclass(frozen=True, kw_only=True)
class _Factor:
    name: str
    points: int
    detail: str
    paths: tuple[str, ...] = ()


def of(ground: Ground) -> dict[str, Any]:
    """Return `score` (1 to 10) and the `factors` that it is the sum of, each with its points and paths."""
    factors = [*_factors(ground)]
    score = min(_HIGHEST, 1 + sum(factor.points for factor in factors)) if ground.subject.changes else 1
    rows = [
        {"name": row.name, "points": row.points, "detail": row.detail, "paths": list(row.paths[:_NAMED])}
        for row in factors
    ]
    return {"score": score, "factors": rows}


def _factors(ground: Ground) -> Iterator[_Factor]:
    changes = ground.subject.changes
    sensitive = _hits(changes, (*_SENSITIVE, *ground.settings.paths.sensitive))
    if sensitive:
        points = 3 if len(sensitive) < 3 else 4  # noqa: PLR2004 - one or two files, or more
        yield _Factor(name="sensitive paths", points=points, detail=_count(sensitive), paths=sensitive)
    if found := _hits(changes, _MIGRATIONS):
        yield _Factor(name="migrations", points=3, detail=_count(found), paths=found)
    if found := _hits(changes, _DEPENDENCIES):
        yield _Factor(name="dependencies", points=2, detail=_count(found), paths=found)
    if found := _hits(changes, _OPERATIONS):
        yield _Factor(name="operations", points=2, detail=_count(found), paths=found)
    yield from _size(ground)
    yield from _rights(ground)


def _size(ground: Ground) -> Iterator[_Factor]:
    rows = ground.git("diff-tree", "-r", "--numstat", "-z", "--no-renames", ground.subject.old, ground.subject.tree)
    counts = [row.split(b"\t", 2)[:2] for row in rows.split(b"\0") if row]
    lines = sum(int(count) for row in counts for count in row if count.isdigit())
    files = len(ground.subject.changes)
    points = next((points for least, points in _SIZES if lines > least), 0) + (1 if files > _MANY_FILES else 0)
    if points:
        yield _Factor(name="size", points=points, detail=f"{lines} lines in {files} file(s)")


def _rights(ground: Ground) -> Iterator[_Factor]:
    """Look at file modes, and at lines that guard something and go, or that open something and come."""
    modes = tuple(
        shown(change.path) for change in ground.subject.changes
        if change.new_mode != change.old_mode and change.new_mode in ("100755", "120000", SUBMODULE)
    )  # fmt: skip
    if modes:
        yield _Factor(name="file permissions", points=2, detail="executable, link or submodule", paths=modes)
    lost, wider = _guards(ground.git, [change for change in ground.subject.changes if _readable(change)])
    if lost:
        yield _Factor(name="access checks", points=3, detail=f"fewer in {len(lost)} file(s)", paths=lost)
    if wider:
        yield _Factor(name="wider permissions", points=3, detail=_count(wider), paths=wider)


def _readable(change: Change) -> bool:
    return not change.path.endswith((".lock", ".md", ".rst", ".txt", ".svg", ".map", ".min.js"))


def _guards(git: Git, changes: Sequence[Change]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the paths that lose access checks, and those that gain wider permissions."""
    oids = sorted({oid for change in changes for oid in change.oids})
    sizes = sizes_of(git, oids)
    small = [change for change in changes if all(sizes.get(oid, 0) <= _LARGEST_BYTES for oid in change.oids)]
    blobs = git.blobs(sorted({oid for change in small for oid in change.oids if oid in sizes}))
    lost, wider = [], []
    for change in small:
        old, new = (blobs.get(oid, b"").decode(errors="replace") for oid in (change.old_oid, change.new_oid))
        if len(_GUARD.findall(old)) > len(_GUARD.findall(new)):
            lost.append(shown(change.path))
        if len(_WIDER.findall(new)) > len(_WIDER.findall(old)):
            wider.append(shown(change.path))
    return tuple(lost), tuple(wider)


def _hits(changes: Sequence[Change], patterns: Sequence[str]) -> tuple[str, ...]:
    found = (shown(change.path) for change in changes)
    return tuple(path for path in found if any(fnmatchcase(path.casefold(), one.casefold()) for one in patterns))


def _count(paths: Sequence[str]) -> str:
    return f"{len(paths)} file(s)"

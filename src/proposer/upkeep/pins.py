"""Compares what is pinned: the lock, hash-locked requirements, and what the project depends on."""

import re
import tomllib
from collections.abc import Iterator, Mapping

from proposer.config import lockfile
from proposer.config.lockfile import LOCK_NAME, Lock
from proposer.upkeep.weakening import Weakening

__all__ = ["compare", "is_requirements"]

_REQUIREMENTS = re.compile(r"(.*/)?requirements[^/]*(/[^/]+)?\.(txt|in)")
_ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*(?P<rest>.*)$")
_NAMED = re.compile(r"^(proposer|openai-codex-cli-bin)\s*(\[[^\]]*\])?\s*(?P<pin>[^;]*)")


def is_requirements(path: str) -> bool:
    """Tell whether a path is that of a requirement file."""
    return _REQUIREMENTS.fullmatch(path) is not None


def compare(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Weakening]:
    """Yield what is pinned less; both map the paths of all files that may pin something to their bytes."""
    yield from _locks(old.get(LOCK_NAME), new)
    for path in sorted(filter(is_requirements, old)):
        if path in new:
            yield from _requirements(path, old[path].decode(errors="replace"), new[path].decode(errors="replace"))
    yield from _dependencies(old.get("pyproject.toml"), new.get("pyproject.toml"))


def _found(code: str, path: str, what: str, was: str, now: str, why: str) -> Weakening:
    return Weakening(code=code, path=path, what=what, was=was, now=now, why=why)


def _locks(old: bytes | None, files: Mapping[str, bytes]) -> Iterator[Weakening]:
    before, data = _read(old), files.get(LOCK_NAME)
    after = _read(data)
    if before is None:
        return
    if after is None:
        now = "not readable" if data is not None else ""
        yield _found("unreadable", LOCK_NAME, "the lock", "readable", now, "nothing is pinned without it")
        return
    for what, was, now in (
        ("the Codex CLI", before.codex_version, after.codex_version),
        ("proposer", before.proposer_version, after.proposer_version),
    ):
        if _order(now) < _order(was):
            yield _found("pin", LOCK_NAME, what, was, now, "what was mended since comes back")
    for platform, digest in before.codex_sha256.items():
        now = after.codex_sha256.get(platform, "")
        if not now:
            yield _found("pin", LOCK_NAME, f"sha256 of {platform}", digest, "", "any binary would do there")
        elif now != digest and after.codex_version == before.codex_version:
            yield _found("pin", LOCK_NAME, f"sha256 of {platform}", digest, now, "the same version has other bytes")
    for path in before.files:
        if path not in after.files and path in files:
            yield _found("pin", LOCK_NAME, path, "pinned", "", "it instructs Codex and may now change without a word")


def _read(data: bytes | None) -> Lock | None:
    try:
        return lockfile.parse(data.decode("utf-8")) if data is not None else None
    except ValueError:
        return None


def _order(version: str) -> tuple[tuple[int, ...], int]:
    """Return what a version is sorted by; a release comes after its own candidates."""
    numbers = re.match(r"[0-9]+(\.[0-9]+)*", version)
    release = tuple(int(part) for part in numbers[0].split(".")) if numbers else ()
    return release, int(numbers is not None and numbers[0] == version)


def _requirements(path: str, old: str, new: str) -> Iterator[Weakening]:
    after = _entries(new)
    for name, (pin, hashed) in _entries(old).items():
        if name not in after:
            continue
        now, still = after[name]
        if hashed and not still:
            yield _found("unpinned", path, name, f"{pin} with hashes", now, "an index may hand out other files")
        elif pin.startswith("==") and not now.startswith("=="):
            yield _found("unpinned", path, name, pin, now or "any version", "an index may hand out another version")
    if "--require-hashes" in old and "--require-hashes" not in new:
        yield _found("unpinned", path, "the file", "--require-hashes", "", "what has no hash is installed too")


def _entries(text: str) -> dict[str, tuple[str, bool]]:
    """Return the version specifier of each requirement, and whether it has a hash."""
    found = {}
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        match = _ENTRY.match(line.strip())
        if match:
            pin = re.split(r"[;#]|\s--", match["rest"])[0].strip()
            found[re.sub(r"[-_.]+", "-", match["name"]).lower()] = (pin, "--hash=" in line)
    return found


def _dependencies(old: bytes | None, new: bytes | None) -> Iterator[Weakening]:
    before, after = _pinned(old), _pinned(new)
    for name, pin in before.items():
        now = after.get(name)
        if now is not None and pin.startswith("==") and not now.startswith(("==", "@")):
            yield _found("unpinned", "pyproject.toml", name, pin, now or "any version", "the next install may differ")


def _pinned(data: bytes | None) -> dict[str, str]:
    """Return what a project says of the versions of proposer and Codex."""
    try:
        project = tomllib.loads((data or b"").decode("utf-8")).get("project", {})
        groups = [project.get("dependencies", []), *project.get("optional-dependencies", {}).values()]
        rows = [row for group in groups for row in group if isinstance(row, str)]
    except (ValueError, AttributeError, TypeError):
        return {}
    return {match[1]: match["pin"].strip() for row in rows if (match := _NAMED.match(row))}

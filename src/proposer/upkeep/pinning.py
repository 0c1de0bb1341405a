"""The files that pin a version of Codex, written anew for another one: lock, requirements, dependencies."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from proposer import process
from proposer.config import lockfile
from proposer.config.lockfile import LOCK_NAME, Lock
from proposer.errors import UsageError
from proposer.git import Git
from proposer.upkeep.edition import fetch
from proposer.upkeep.pins import is_requirements
from proposer.worktree import File, Worktree

__all__ = ["LATEST", "WHEEL", "Installed", "digests_of", "install", "rewritten"]

WHEEL = "openai-codex-cli-bin"
LATEST = "latest"
"""Stands for the newest release that the index has."""
_TAGS = {
    "linux-x86_64": "manylinux_2_17_x86_64",
    "linux-arm64": "manylinux_2_17_aarch64",
    "darwin-x86_64": "macosx_10_9_x86_64",
    "darwin-arm64": "macosx_11_0_arm64",
}
"""Tag of the wheel for each platform that a lock may name, as the wheels of 0.163.0 have them."""
_UV = {
    "linux-x86_64": "x86_64-manylinux_2_17", "linux-arm64": "aarch64-manylinux_2_17",
    "darwin-x86_64": "x86_64-apple-darwin", "darwin-arm64": "aarch64-apple-darwin",
}  # fmt: skip
_HINT = f"look at the versions: pip index versions {WHEEL}"


@dataclass(frozen=True, kw_only=True)
class Installed:
    """A Codex in a folder of its own: its version, and the SHA-256 of its binary as the wheel's RECORD has it."""

    site: Path
    version: str
    sha256: str


def install(version: str, target: Path, *, environment: Mapping[str, str], platform: str = "") -> Installed:
    """Install a version of Codex (or the `latest`) into a folder of its own.

    Raises:
        UsageError: it is not to be had for the platform (default: this one).
    """
    options = [] if not platform else _for(platform)
    what = f"codex {version}{f' for {platform}' if platform else ''}"
    wanted = WHEEL if version == LATEST else f"{WHEEL}=={version}"
    argv = ["--only-binary", ":all:", *options, wanted]
    fetch(argv, target, what=what, hint=_HINT, environment=environment)
    for record in target.glob("openai_codex_cli_bin-*.dist-info/RECORD"):
        text = record.read_text(encoding="utf-8")
        digest = lockfile.wheel_digest(text, "/bin/codex") or lockfile.wheel_digest(text, "/bin/codex.exe")
        found = record.parent.name.removesuffix(".dist-info").partition("-")[2]
        if digest:
            return Installed(site=target, version=found, sha256=digest)
    raise UsageError(f"{what} holds no binary that its RECORD names", _HINT)


def _for(platform: str) -> list[str]:
    if platform not in _TAGS:
        raise UsageError(f"codex.lock names the platform {platform}, which is not known here", "remove its digest")
    return ["--platform", _TAGS[platform]] if find_spec("pip") else ["--python-platform", _UV[platform]]


def digests_of(
    here: Installed, lock: Lock, platform: str, scratch: Path, *, environment: Mapping[str, str]
) -> dict[str, str]:
    """Return the digest of a version's binary for every platform of a lock; `platform` is that of `here`."""
    found, version = {platform: here.sha256}, here.version
    for other in sorted(lock.codex_sha256.keys() - found.keys()):
        target = scratch / other
        found[other] = install(version, target, environment=environment, platform=other).sha256
        shutil.rmtree(target, ignore_errors=True)  # each has some hundred megabytes
    return found


def rewritten(
    root: Path, lock: Lock, version: str, digests: Mapping[str, str], *, environment: Mapping[str, str]
) -> dict[str, tuple[File | None, File | None]]:
    """Return every file that pins Codex, as it must be now and as it shall be.

    Raises:
        UsageError: requirements have hashes, and uv is not there to look the new ones up.
    """
    tree = Worktree(root)
    listed = [path for path in Git(cwd=root).text("ls-files", "-z").split("\0") if path]
    texts = {path: tree.read(path) for path in listed if is_requirements(path) or path.endswith("pyproject.toml")}
    naming = {path: file for path, file in texts.items() if file and _pin(lock.codex_version) in file.data}
    hashed = [path for path, file in naming.items() if b"--hash=" in file.data and is_requirements(path)]
    block = _hashed(version, environment) if hashed else b""
    changes: dict[str, tuple[File | None, File | None]] = {}
    for path, file in naming.items():
        data = _replaced(file.data, lock.codex_version, block) if path in hashed else file.data
        data = data.replace(_pin(lock.codex_version), _pin(version))
        changes[path] = (file, File(data=data, executable=file.executable))
    pins = replace(lock, codex_version=version, codex_sha256=dict(digests))
    changes[LOCK_NAME] = (tree.read(LOCK_NAME), File(data=lockfile.render(pins).encode()))
    return changes


def _pin(version: str) -> bytes:
    return f"{WHEEL}=={version}".encode()


def _replaced(data: bytes, old: str, block: bytes) -> bytes:
    """Put other lines in the place of a requirement and the lines that continue it."""
    pattern = rb"(?m)^" + re.escape(_pin(old)) + rb"(?![0-9.])[^\n]*(?:(?<=\\)\n[^\n]*)*"
    return re.sub(pattern, lambda _: block, data)


def _hashed(version: str, environment: Mapping[str, str]) -> bytes:
    """Return the requirement with the hashes of all its wheels, as the index has them (uv pip compile)."""
    uv = shutil.which("uv", path=environment.get("PATH"))
    if uv is None:
        raise UsageError(
            "the requirement files have hashes, which uv looks up, and uv is not here", "run: pip install uv"
        )
    argv = [uv, "pip", "compile", "--quiet", "--no-deps", "--generate-hashes", "--universal", "--no-header",
            "--no-annotate", "--python-version", "3.11", "-"]  # fmt: skip
    done = process.run(argv, env=environment, stdin=f"{WHEEL}=={version}\n".encode(), timeout=300)
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(f"the hashes of codex {version} are not to be had: {(told or [''])[-1][:200]}", _HINT)
    return done.stdout.strip()

"""The pinned Codex binary: where the wheel put it, and whether its bytes are the ones that the lock names."""

import contextlib
import json
import os
import platform
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import codex_cli_bin

from proposer import digests
from proposer.config import lockfile
from proposer.config.lockfile import Lock
from proposer.errors import Outcome, StopError

__all__ = ["Binary", "check", "find", "platform_key"]

_WHEEL = "openai-codex-cli-bin"


@dataclass(frozen=True, kw_only=True)
class Binary:
    """The installed binary. `tools` is the folder that belongs on PATH, `package` holds both and the sandbox helper."""

    path: Path
    package: Path
    tools: Path
    version: str
    sha256: str = ""
    reference: str = ""


def platform_key() -> str:
    """Return this platform's name in the lock."""
    return lockfile.platform_name(platform.system(), platform.machine())


def find() -> Binary:
    """Locate the binary of the installed wheel; the digest is left to `check`."""
    path = Path(codex_cli_bin.bundled_codex_path())
    return Binary(
        path=path,
        package=Path(codex_cli_bin.__file__).resolve().parent,
        tools=Path(codex_cli_bin.bundled_path_dir()),
        version=metadata.version(_WHEEL),
    )


def recorded_digest() -> str | None:
    """Return the digest that the installed wheel's RECORD keeps for the binary."""
    record = metadata.distribution(_WHEEL).read_text("RECORD") or ""
    return lockfile.wheel_digest(record, "/bin/codex") or lockfile.wheel_digest(record, "/bin/codex.exe")


def check(binary: Binary, lock: Lock, *, cached: bool) -> Binary:
    """Compare version and bytes of the binary with the lock.

    Args:
        binary: what `find` returned.
        lock: the lock of the base.
        cached: whether a digest that was computed before for the same inode, size and time may be believed.

    Returns:
        The binary with its SHA-256 and what it was compared with: `codex.lock` or, on a platform that the lock does
        not name, `RECORD` of the wheel.

    Raises:
        StopError: another version or other bytes (`drifted`).
    """
    hint = f"run: pip install {_WHEEL}=={lock.codex_version}, or pin this one: inv codex.lock"
    if binary.version != lock.codex_version:
        raise StopError(
            Outcome.DRIFTED, f"codex {binary.version} is installed, codex.lock pins {lock.codex_version}", hint
        )
    wanted, reference = lock.codex_sha256.get(platform_key()), "codex.lock"
    if wanted is None:
        wanted, reference = recorded_digest(), "RECORD"
    found = _digest(binary.path, cached=cached)
    if found != wanted:
        raise StopError(
            Outcome.DRIFTED,
            f"the codex binary has sha256 {found[:12]}…, {reference} pins {str(wanted)[:12]}…",
            f"run: pip install --force-reinstall {_WHEEL}=={lock.codex_version}",
        )
    return Binary(path=binary.path, package=binary.package, tools=binary.tools, version=binary.version, sha256=found,
                  reference=reference)  # fmt: skip


def _digest(path: Path, *, cached: bool) -> str:
    """Return the file's SHA-256; 0.3 s for the real binary, so it is remembered by inode, size and time at a desk."""
    state = path.stat()
    key = f"{path}:{state.st_dev}:{state.st_ino}:{state.st_size}:{state.st_mtime_ns}:{state.st_ctime_ns}"
    store = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "proposer" / "binary.json"
    if cached:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(store.read_text(encoding="utf-8"))
            if kept["key"] == key:
                return str(kept["sha256"])
    found = digests.of_file(path)
    with contextlib.suppress(OSError):
        store.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = store.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps({"key": key, "sha256": found}), encoding="utf-8")
        temporary.replace(store)
    return found

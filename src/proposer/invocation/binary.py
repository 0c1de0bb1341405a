"""The pinned Codex binary: where the wheel put it, and whether its bytes are the ones that the lock names."""

import contextlib
import json
import os
import platform
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from proposer import digests
from proposer.config import lockfile
from proposer.config.lockfile import Lock
from proposer.errors import Outcome, StopError, UsageError
from proposer.git import shown
from proposer.inputs.workspace import cache_folder, is_nameable

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
    """Locate the binary of the installed wheel; the digest is left to `check`.

    Raises:
        UsageError: the wheel is not installed, or parts of it are missing.
    """
    hint = f"run: pip install --force-reinstall {_WHEEL}=={lockfile.CODEX_VERSION}"
    try:
        import codex_cli_bin  # noqa: PLC0415 - a damaged wheel must end in a message, not in a traceback

        path, tools = Path(codex_cli_bin.bundled_codex_path()), Path(codex_cli_bin.bundled_path_dir())
        package, version = Path(codex_cli_bin.__file__).resolve().parent, metadata.version(_WHEEL)
    except (ImportError, OSError, TypeError) as error:  # PackageNotFoundError is an ImportError
        raise UsageError(f"the codex binary is not installed: {error}", hint) from error
    if not os.access(path, os.X_OK):
        raise UsageError(f"the codex binary {path} cannot be run", hint)
    if not is_nameable(package):
        raise UsageError(f"codex cannot run from {shown(str(package))!r}", "install it in a folder with a plain name")
    return Binary(path=path, package=package, tools=tools, version=version)


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
    again = f"run: pip install {_WHEEL}=={lock.codex_version}"
    hint = f"{again}, or try this one and pin it: inv codex.lock --upgrade {binary.version}"
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
    folder = cache_folder()
    if folder is None:
        return digests.of_file(path)
    store = folder / "binary.json"
    if cached:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(store.read_text(encoding="utf-8"))
            if kept["key"] == key:
                return str(kept["sha256"])
    found = digests.of_file(path)
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = store.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps({"key": key, "sha256": found}), encoding="utf-8")
        temporary.replace(store)
    return found

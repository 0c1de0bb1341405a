"""The format of codex.lock: what it pins, how it is written, read and compared.

Standard library only: the generation hook loads this file by path. It must not read a repository by itself.
"""

import base64
import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

__all__ = ["CODEX_SHA256", "CODEX_VERSION", "LOCK_NAME", "Lock", "compare", "is_pinned", "parse", "render"]

LOCK_NAME = "codex.lock"
FORMAT = 1
CODEX_VERSION = "0.163.0"
CODEX_SHA256 = {
    "darwin-arm64": "8813367285524ac798dd96d1b071aea30d58708c7226fd236cd275cf1cfdee31",
    "darwin-x86_64": "73697f229103f463acaafd8659976caaa4892ec11e2c246c7fa97f93d523f90e",
    "linux-arm64": "8a96f66d059d653e68bfd5f3c79337e6f1d7d170d80bf705eb7d0249b34c0ece",
    "linux-x86_64": "399ff69c431c066e40de318fba45c2b07f45a76b19939d247ee4828fc70c4215",
}
"""SHA-256 of the `codex` binary in the wheel `openai-codex-cli-bin` by platform (see `platform_name`)."""

ALWAYS = (
    "AGENTS.md",
    "*/AGENTS.md",
    "AGENTS.override.md",
    "*/AGENTS.override.md",
    ".codex/config.toml",
    ".codex/rules/*",
    ".agents/skills/*",
    ".github/codex/*",
    "schemas/*.json",
    "proposer.toml",
)
"""Patterns of pinned files; `*` matches any characters, also `/`."""


@dataclass(frozen=True, kw_only=True)
class Lock:
    """The pins of one repository. Digests are lower-case hexadecimal SHA-256."""

    codex_version: str
    model: str
    effort: str
    proposer_version: str
    codex_sha256: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


def is_pinned(path: str, more: Iterable[str] = ()) -> bool:
    """Tell whether a path (relative, with `/`) belongs into the lock; `more` adds prompts and schemas of workflows."""
    return path in set(more) or any(fnmatchcase(path, pattern) for pattern in ALWAYS)


def workflow_files(settings: bytes) -> list[str]:
    """Return the prompt and schema paths that a `proposer.toml` names.

    Raises:
        ValueError: the text is not TOML.
    """
    tables = tomllib.loads(settings.decode("utf-8")).get("workflows", {})
    named = {str(table[key]) for table in tables.values() for key in ("prompt", "schema") if key in table}
    return sorted(named)


def digest(data: bytes) -> str:
    """Return the SHA-256 that the lock keeps for a file's bytes."""
    return hashlib.sha256(data).hexdigest()


def wheel_digest(record: str, suffix: str) -> str | None:
    """Return the hexadecimal SHA-256 that a wheel's RECORD keeps for the file whose path ends in `suffix`."""
    for row in record.splitlines():
        path, _, rest = row.partition(",")
        if path.endswith(suffix) and rest.startswith("sha256="):
            text = rest.removeprefix("sha256=").partition(",")[0]
            return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).hex()
    return None


def _quoted(text: str) -> str:
    """Return a TOML basic string."""
    escapes = {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(escapes.get(c, c if c.isprintable() else f"\\U{ord(c):08X}") for c in text) + '"'


def render(lock: Lock) -> str:
    """Return the text of codex.lock: the same pins always give the same bytes."""
    rows = [
        "# What every Codex run of this repository uses. Written by `inv codex.lock`; edit model and effort alone.",
        f"version = {FORMAT}",
        "",
        "[codex]",
        f"version = {_quoted(lock.codex_version)}",
        f"model = {_quoted(lock.model)}",
        f"effort = {_quoted(lock.effort)}",
        f"proposer = {_quoted(lock.proposer_version)}",
        "",
        "[codex.sha256]",
        *(f"{_quoted(name)} = {_quoted(value)}" for name, value in sorted(lock.codex_sha256.items())),
        "",
        "[files]",
        *(f"{_quoted(path)} = {_quoted(value)}" for path, value in sorted(lock.files.items())),
        "",
    ]
    return "\n".join(rows)


def parse(text: str) -> Lock:
    """Read codex.lock.

    Raises:
        ValueError: not TOML, another format version, or a pin is missing or of the wrong type.
    """
    data = tomllib.loads(text)
    if data.get("version") != FORMAT:
        raise ValueError(f"version {data.get('version')!r} is not {FORMAT}")
    codex, files = data.get("codex"), data.get("files")
    if not isinstance(codex, dict) or not isinstance(files, dict):
        raise ValueError("the tables [codex] and [files] are needed")  # noqa: TRY004 - one kind of error for a bad lock
    digests = codex.get("sha256", {})
    values = {key: codex.get(key) for key in ("version", "model", "effort", "proposer")}
    wrong = [key for key, value in values.items() if not isinstance(value, str) or not value]
    if wrong:
        raise ValueError(f"[codex] needs {', '.join(wrong)}")
    if unknown := set(codex) - {*values, "sha256"} | set(data) - {"version", "codex", "files"}:
        raise ValueError(f"unknown key {min(unknown)!r}")
    for table in (digests, files):
        if not isinstance(table, dict) or not all(_is_digest(value) for value in table.values()):
            raise ValueError("a digest must be 64 lower-case hexadecimal digits")
    return Lock(
        codex_version=str(values["version"]),
        model=str(values["model"]),
        effort=str(values["effort"]),
        proposer_version=str(values["proposer"]),
        codex_sha256=digests,
        files=files,
    )


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")  # noqa: PLR2004


def compare(lock: Lock, files: Mapping[str, str]) -> list[str]:
    """Return one sentence for each pinned file that is missing, added or changed; `files` maps path to digest."""
    rows = []
    for path in sorted({*lock.files, *files}):
        if path not in files:
            rows.append(f"{path} is in codex.lock and missing")
        elif path not in lock.files:
            rows.append(f"{path} is not in codex.lock")
        elif lock.files[path] != files[path]:
            rows.append(f"{path} is not the file that codex.lock pins")
    return rows


def platform_name(system: str, machine: str) -> str:
    """Return the name that the lock uses for a platform, such as `linux-x86_64` or `darwin-arm64`."""
    name = {"amd64": "x86_64", "aarch64": "arm64"}.get(machine.lower(), machine.lower())
    return f"{system.lower()}-{name}"

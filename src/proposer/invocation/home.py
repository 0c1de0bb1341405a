"""The private HOME and CODEX_HOME of one run: rendered configuration, the base's instructions, rules and skills."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import tomli_w

from proposer import digests
from proposer.config.lockfile import Lock
from proposer.inputs.stage import Stage
from proposer.invocation import support
from proposer.invocation.binary import Binary

__all__ = ["PROFILE", "SYSTEM", "Home", "agents_chain", "furnish"]

PROFILE = "proposer"
"""Name of the permission profile."""
SYSTEM = Path("/etc/codex")
"""Settings that Codex reads whatever its homes are; a run cannot switch them off, so it reports them."""

_OFF = ("shell_snapshot", "goals", "hooks", "plugins", "apps", "multi_agent", "image_generation", "view_image",
        "memories", "skill_mcp_dependency_install", "enable_request_compression")  # fmt: skip
_SENSITIVE = ("/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/ssh", "/etc/sudoers",
              "/etc/sudoers.d", "/etc/ssl/private", "/etc/codex", "/etc/machine-id")  # fmt: skip
_INSTRUCTIONS = ("*.toml", "AGENTS*.md", "hooks.json", "auth.json", "rules/**/*", "skills/**/*", "prompts/**/*")
LOGIN_FILE = "auth.json"
_READ_AT_HOME = (".agents", ".codex", ".gitconfig", ".config")
_SKILLS = ".agents/skills/"
_RULES = ".codex/rules/"


@dataclass(frozen=True, kw_only=True)
class Home:
    """A furnished CODEX_HOME.

    `config` is the text of its config.toml, `files` the digest of each file that instructs Codex, `home` the private
    HOME beside it.
    """

    path: Path
    home: Path
    config: str
    files: Mapping[str, str]
    places: Mapping[str, str]
    login: bool = False

    @property
    def policy_sha256(self) -> str:
        """Digest of the rendered configuration with this machine's places replaced by names."""
        text = self.config
        for place, name in self.places.items():
            text = text.replace(place, name)
        return digests.of_bytes(text.encode())

    def changed(self) -> bool:
        """Tell whether configuration or instructions are no longer what was put there: Codex or the model did it."""
        return _instructions(self.path, login=self.login) != self.files or any(
            os.path.lexists(self.home / name) for name in _READ_AT_HOME
        )


def _instructions(home: Path, *, login: bool) -> dict[str, str]:
    """Return the digest of each file below a CODEX_HOME that Codex would read as settings or instructions.

    Tokens of a login that was put there are refreshed by Codex, and are no instruction.
    """
    found = {}
    for pattern in _INSTRUCTIONS:
        for path in home.glob(pattern):
            name = path.relative_to(home).as_posix()
            if path.is_symlink() or not path.is_dir():
                found[name] = "a link" if path.is_symlink() else _digest(path)
    if login:
        found.pop(LOGIN_FILE, None)
    return found


def _digest(path: Path) -> str:
    try:
        return digests.of_file(path) if path.is_file() else "no file"
    except OSError:
        return "unreadable"


def agents_chain(files: Mapping[str, bytes]) -> str:
    """Join the AGENTS.md files of the base, root first, each below a heading that names its folder.

    An AGENTS.override.md replaces the AGENTS.md of its folder, as it does in Codex.
    """
    chosen: dict[str, bytes] = {}
    for name in ("AGENTS.md", "AGENTS.override.md"):
        for path, data in files.items():
            if PurePosixPath(path).name == name:
                chosen[str(PurePosixPath(path).parent)] = data
    parts = []
    for folder in sorted(chosen, key=lambda name: (name != ".", name)):
        where = "the whole repository" if folder == "." else f"files below {folder}/"
        parts.append(f"<!-- for {where} -->\n{chosen[folder].decode(errors='replace').rstrip()}\n")
    return "\n".join(parts)


def furnish(
    *,
    stage: Stage,
    binary: Binary,
    lock: Lock,
    files: Mapping[str, bytes],
    base_url: str,
    sandbox: str,
    with_shell: bool,
    readable: tuple[Path, ...] = (),
    read_only: tuple[str, ...] = (),
    programs: tuple[Path, ...] = (),
    login: bool = False,
) -> Home:
    """Write config.toml, AGENTS.md, rules and skills into the run's CODEX_HOME.

    Args:
        stage: where Codex works.
        binary: the pinned binary; the sandbox must be able to read its package.
        lock: chooses model and effort.
        files: pinned files of the base by path.
        base_url: the relay.
        sandbox: `read-only` or `workspace-write`.
        with_shell: whether the model gets a shell at all.
        readable: more folders that the model may read (borrowed git objects).
        read_only: paths of the stage that stay read-only in `workspace-write`.
        programs: folders of programs that come before the system's on the model's PATH.
        login: Codex signs its requests with the login in its home, instead of the relay's provider with a key.
    """
    home = stage.workspace.codex_home
    _copy(files, _RULES, home / "rules", flat=True)
    _copy(files, _SKILLS, home / "skills", flat=False)
    if chain := agents_chain(files):
        (home / "AGENTS.md").write_bytes(chain.encode(errors="replace"))
    readable = (binary.package, *readable, *([home / "skills"] if (home / "skills").is_dir() else []))
    table = _filesystem(sandbox, readable, read_only)
    settings = _config(lock, base_url, stage.path, table, binary.tools, programs, with_shell=with_shell)
    if login:
        settings["cli_auth_credentials_store"] = "file"
        settings["model_providers"]["proposer"]["requires_openai_auth"] = True
    config = tomli_w.dumps(settings)
    (home / "config.toml").write_text(config, encoding="utf-8")
    places = {base_url: "<relay>", str(stage.workspace.root): "<run>", str(binary.package): "<codex>"}
    places.update({str(path): f"<readable {number}>" for number, path in enumerate(readable)})
    return Home(path=home, home=stage.workspace.home, config=config, files=_instructions(home, login=login),
                places=places, login=login)  # fmt: skip


def _copy(files: Mapping[str, bytes], prefix: str, target: Path, *, flat: bool) -> None:
    for path, data in files.items():
        rest = path.removeprefix(prefix)
        if rest == path or (flat and ("/" in rest or not rest.endswith(".rules"))):
            continue
        (target / rest).parent.mkdir(parents=True, exist_ok=True)
        (target / rest).write_bytes(data)


def _filesystem(sandbox: str, readable: tuple[Path, ...], read_only: tuple[str, ...]) -> dict[str, Any]:
    """Return the file-system table of the profile: an allow-list, so that what it does not name does not exist."""
    table: dict[str, Any] = {":minimal": "read"}
    table.update({str(path): "read" for path in readable})
    table.update({path: "deny" for path in _SENSITIVE if Path(path).exists()})
    roots = {".": "write" if sandbox == "workspace-write" else "read"}
    if sandbox == "workspace-write":
        roots.update(dict.fromkeys(sorted(read_only), "read"))
    table[":workspace_roots"] = roots
    return table


def _config(
    lock: Lock,
    base_url: str,
    stage: Path,
    filesystem: dict[str, Any],
    tools: Path,
    programs: tuple[Path, ...],
    *,
    with_shell: bool,
) -> dict[str, Any]:
    features = dict.fromkeys(_OFF, False)
    if not with_shell:
        features |= {"shell_tool": False, "unified_exec": False}
    return {
        "model": lock.model,
        "model_reasoning_effort": lock.effort,
        "model_provider": "proposer",
        "default_permissions": PROFILE,
        "web_search": "disabled",
        "check_for_update_on_startup": False,
        "allow_login_shell": False,
        # Folder, date, time zone and shell stay out of the request, so that equal runs send equal requests.
        "include_environment_context": False,
        # Project instructions come from the base, through CODEX_HOME/AGENTS.md.
        "project_doc_max_bytes": 0,
        "model_providers": {
            "proposer": {
                "name": "proposer",
                "base_url": base_url,
                "wire_api": "responses",
                "request_max_retries": 2,
                "stream_max_retries": 2,
                "stream_idle_timeout_ms": 120_000,
                "supports_websockets": False,
            }
        },
        "features": features,
        "analytics": {"enabled": False},
        "history": {"persistence": "none"},
        "shell_environment_policy": {
            "inherit": "none",
            "set": {
                "PATH": os.pathsep.join([*map(str, (*programs, tools)), "/usr/local/bin", "/usr/bin", "/bin"]),
                "HOME": "/dev/shm",  # noqa: S108 - private to the sandbox
                "TMPDIR": "/dev/shm",  # noqa: S108 - private to the sandbox
                "LANG": "C.UTF-8",
                "TZ": "UTC",
                "PYTHONDONTWRITEBYTECODE": "1",
                **(_for_tests(stage) if programs else {}),
            },
        },
        "skills": {"bundled": {"enabled": False}},
        "permissions": {PROFILE: {"filesystem": filesystem}},
        # Without this line Codex trusts the stage by itself in workspace-write and runs what it finds there.
        "projects": {str(stage): {"trust_level": "untrusted"}},
    }


def _for_tests(stage: Path) -> dict[str, str]:
    """Return variables with which tests take the code of the stage, and leave nothing there."""
    source = stage / "src" if (stage / "src").is_dir() else stage
    path = os.pathsep.join((str(source), str(stage.parent / support.FOLDER)))
    return {"PYTHONPATH": path, "PYTEST_ADDOPTS": "-p no:cacheprovider"}


def environment(home: Path, codex_home: Path, tools: Path) -> dict[str, str]:
    """Return the whole environment of Codex: nothing of the caller's but what git and TLS need not."""
    return {
        "PATH": f"{tools}{os.pathsep}{os.defpath}",
        "HOME": str(home),
        "CODEX_HOME": str(codex_home),
        "TMPDIR": str(home),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "NO_COLOR": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }

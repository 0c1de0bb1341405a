"""Compares two `.codex/config.toml`: what interactive Codex may do, and when it asks."""

import tomllib
from collections.abc import Iterator
from typing import Any

from proposer.upkeep.directions import Direction, Kind, weaker
from proposer.upkeep.weakening import Weakening

__all__ = ["CONFIG", "compare"]

CONFIG = ".codex/config.toml"

_ORDERS: dict[str, tuple[tuple[str, ...], str]] = {
    "approval_policy": (("untrusted", "on-request", "on-failure", "never"), "Codex asks less often"),
    "sandbox_mode": (("read-only", "workspace-write", "danger-full-access"), "commands may write more"),
    "web_search": (("disabled", "cached", "live"), "text from the web comes in, queries go out"),
    "shell_environment_policy.inherit": (("none", "core", "all"), "commands see more of the environment"),
    "default_permissions": ((":read-only", ":workspace", ":danger-full-access"), "commands may write more"),
}
"""Values of closed settings, strictest first, as Codex 0.163.0 takes them."""
_DEFAULTS: dict[str, Any] = {
    "approval_policy": "on-request",
    "sandbox_mode": "workspace-write",
    "web_search": "live",
    "shell_environment_policy.inherit": "all",
    "shell_environment_policy.ignore_default_excludes": True,
    "shell_environment_policy.exclude": [],
    "allow_login_shell": True,
    "sandbox_workspace_write.network_access": False,
    "sandbox_workspace_write.exclude_slash_tmp": False,
    "sandbox_workspace_write.exclude_tmpdir_env_var": False,
    "sandbox_workspace_write.writable_roots": [],
}
"""What holds in a trusted project where nothing is said; the weakest value where Codex does not document one."""
_SWITCHES: dict[str, tuple[Kind, str]] = {
    "allow_login_shell": ("on", "login shells read files that set PATH and secrets"),
    "sandbox_workspace_write.network_access": ("on", "commands may use the network"),
    "sandbox_workspace_write.exclude_slash_tmp": ("off", "commands may write below /tmp"),
    "sandbox_workspace_write.exclude_tmpdir_env_var": ("off", "commands may write into TMPDIR"),
    "shell_environment_policy.ignore_default_excludes": ("on", "commands see variables named like keys and tokens"),
}
_LISTS: dict[str, tuple[Kind, str]] = {
    "shell_environment_policy.exclude": ("fewer", "commands see these variables"),
    "sandbox_workspace_write.writable_roots": ("more", "commands may write there"),
}
_ACCESS = ("deny", "read", "write")
"""Rights of a permission profile's file-system table, strictest first."""
_FREE = (
    "model", "model_reasoning_effort", "model_reasoning_summary", "model_verbosity", "plan_mode_reasoning_effort",
    "review_model", "service_tier", "hide_agent_reasoning", "show_raw_agent_reasoning", "file_opener", "tui", "history",
    "project_doc_max_bytes", "check_for_update_on_startup", "analytics", "disable_paste_burst", "personality",
)  # fmt: skip
"""Settings, and tables of them, that give Codex nothing."""


def compare(old: bytes | None, new: bytes | None) -> Iterator[Weakening]:
    """Yield where the new configuration is looser; None: there is no such file."""
    if old == new:
        return
    before, after = _read(old), _read(new)
    if after is None:
        if before is not None:
            yield _found("unreadable", "the file", "readable", "not readable", "Codex would run without it")
        return
    for key in sorted({*(before or {}), *after}):
        yield from _setting(key, (before or {}).get(key), after.get(key))


def _found(code: str, what: str, was: str, now: str, why: str) -> Weakening:
    return Weakening(code=code, path=CONFIG, what=what, was=was, now=now, why=why)


def _read(data: bytes | None) -> dict[str, Any] | None:
    try:
        return dict(_flat(tomllib.loads(data.decode("utf-8")))) if data is not None else {}
    except (ValueError, RecursionError):
        return None


def _flat(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _setting(key: str, old: Any, new: Any) -> Iterator[Weakening]:
    """Judge one setting; None where it is not set."""
    if old == new or key.split(".", maxsplit=1)[0] in _FREE:
        return
    first, second = (_DEFAULTS.get(key) if value is None else value for value in (old, new))
    direction, why = _direction(key, first, second)
    if first != second and weaker(direction, first, second):
        yield _found("profile", key, _shown(old), _shown(new), why)


def _direction(key: str, old: Any, new: Any) -> tuple[Direction, str]:
    """Return how a setting gets weaker; what this table does not know, or a value of another kind, needs a person."""
    if key in _ORDERS and old in _ORDERS[key][0] and new in _ORDERS[key][0]:
        return Direction(kind="later", order=_ORDERS[key][0]), _ORDERS[key][1]
    if key in _SWITCHES and isinstance(old, bool) and isinstance(new, bool):
        return Direction(kind=_SWITCHES[key][0]), _SWITCHES[key][1]
    if key in _LISTS and _is_list(old) and _is_list(new):
        return Direction(kind=_LISTS[key][0]), _LISTS[key][1]
    if key.startswith("permissions.") and old in _ACCESS and new in _ACCESS:
        return Direction(kind="later", order=_ACCESS), "commands may do more with these files"
    # Which features are on by themselves is known to Codex alone: only `false` is certainly not more.
    if (key.startswith("features.") and new is False) or (key.startswith("permissions.") and new == "deny"):
        return Direction(kind="none"), ""
    return Direction(kind="any"), "it may give Codex more, so a person must look"


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)[:200]

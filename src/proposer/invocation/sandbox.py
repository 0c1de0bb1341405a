"""The preflight: whether Codex's sandbox can start on this machine, and what to do where it cannot."""

from dataclasses import dataclass
from pathlib import Path

from proposer import process
from proposer.inputs.workspace import Workspace
from proposer.invocation.binary import Binary
from proposer.invocation.home import PROFILE, environment

__all__ = ["REMEDY", "Preflight", "preflight"]

REMEDY = (
    "allow unprivileged user namespaces (Ubuntu 24.04: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0; "
    "Docker: --security-opt seccomp=unconfined)"
)


@dataclass(frozen=True, kw_only=True)
class Preflight:
    """Whether the sandbox works; `detail` is its first complaint."""

    works: bool
    detail: str


def preflight(binary: Binary, workspace: Workspace) -> Preflight:
    """Run `true` in the sandbox, with the profile and the configuration of the run itself."""
    return probe(binary, workspace.home, workspace.codex_home, ["-P", PROFILE, "-C", str(workspace.stage)])


def probe(binary: Binary, home: Path, codex_home: Path, options: list[str]) -> Preflight:
    """Run `true` under `codex sandbox` with the given homes."""
    done = process.run(
        [str(binary.path), "sandbox", *options, "--", "true"],
        env=environment(home, codex_home, binary.tools),
        cwd=home,
        timeout=60,
    )
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return Preflight(works=done.returncode == 0, detail=next(iter(lines), f"exit {done.returncode}")[:200])

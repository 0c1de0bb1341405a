"""Tasks that keep a repository from getting weaker."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, finish, print_json, telling

__all__ = ["locked", "ratchet"]


if TYPE_CHECKING:
    from proposer import locking
    from proposer.upkeep import upgrade as moves


def locked(*, check: bool, upgrade: str) -> "locking.Result | moves.Report":
    """Do what `inv codex.lock` was asked for."""
    import os

    from proposer import locking
    from proposer.errors import UsageError

    if check and upgrade:
        raise UsageError("--check and --upgrade cannot be combined", "leave one of them out")
    if not upgrade:
        return locking.check(Path.cwd()) if check else locking.write(Path.cwd())
    from proposer.upkeep import upgrade as moves

    def told(row: str) -> None:
        sys.stderr.write(f"{row}\n")

    return moves.upgrade(Path.cwd(), upgrade, environment=os.environ, on_step=told)


@task(
    help={
        "base": "revision that must not be weakened, such as the target of a pull request",
        "json": "print one JSON object",
    },
    auto_shortflags=False,
)
def ratchet(c: Context, base: str, json: bool = False) -> None:  # noqa: ARG001
    """Refuse a working tree whose guards are weaker than those of a base (--base), exit 7, and say where.

    Looked at: workflow permissions, secrets, triggers and checks, pins, rules, the profile of interactive Codex,
    proposer.toml, code owners, drills, evals, hooks and settings of tools. A person may want a weakening:
    provenance/ratchet.toml records which one, and why.
    """
    with edge(as_json=json):
        from proposer.upkeep import ratchet as comparison

        report = comparison.between(Path.cwd(), base)
        if json:
            print_json(report.document())
        else:
            with telling():
                report.show()
        finish(report.exit_code)

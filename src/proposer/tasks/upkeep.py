"""Tasks that keep a repository from getting weaker."""

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, finish, print_json, telling

__all__ = ["ratchet"]


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
        from pathlib import Path

        from proposer.upkeep import ratchet as comparison

        report = comparison.between(Path.cwd(), base)
        if json:
            print_json(report.document())
        else:
            with telling():
                report.show()
        finish(report.exit_code)

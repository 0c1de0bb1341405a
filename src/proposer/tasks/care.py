"""Tasks that keep the wiring in order: lock, doctor, provenance."""

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, finish, print_json, telling

__all__ = ["doctor", "lock", "provenance"]


@task(
    help={
        "check": "compare only; exit 3 and name what differs: files, installed Codex, installed proposer",
        "upgrade": "version of Codex to try and, where nothing breaks, to pin; exit 7 where something does",
        "json": "print one JSON object",
    },
    auto_shortflags=False,
)
def lock(c: Context, check: bool = False, upgrade: str = "", json: bool = False) -> None:  # noqa: ARG001
    """Write codex.lock, compare it with the files (--check), or try another Codex and pin it (--upgrade).

    The lock pins the Codex CLI, its digest, model, effort, this library and every file that instructs Codex. A run
    uses the lock of its base commit, so a change cannot loosen its own review.
    """
    with edge(as_json=json):
        from proposer.tasks.upkeep import locked

        result = locked(check=check, upgrade=upgrade)
        if json:
            print_json(result.document())
        else:
            with telling():
                result.show()
        finish(result.exit_code)


@task(
    help={"ci": "the caller is a CI job: a missing key is said in its words", "json": "print one JSON object"},
    auto_shortflags=False,
)
def doctor(c: Context, ci: bool = False, json: bool = False) -> None:  # noqa: ARG001
    """Check binary, lock, instructions, sandbox, model, configuration, rules and credentials; say what mends each.

    Exit codes: 2 where something is wrong, 0 also with warnings (no credentials, no sandbox).
    """
    with edge(as_json=json):
        import os
        from datetime import UTC, datetime
        from pathlib import Path

        from proposer import doctor as diagnosis
        from proposer.tasks import codex

        tasks = [f"codex.{name}" for name in codex.task_names]
        today = datetime.now(UTC).date()
        report = diagnosis.examine(Path.cwd(), environment=os.environ, ci=ci, tasks=tasks, today=today)
        if json:
            print_json(report.document())
        else:
            with telling():
                report.show()
        finish(report.exit_code)


@task(
    positional=["run"],
    help={
        "run": "id of a run, the start of one, or the folder of a record that came from another clone",
        "verify": "check every file of the record, its statement and the ledger; exit 7 on any difference",
        "sign": "verify the record, then sign its statement with this user's key, made the first time",
        "policy": "TOML file: allowed builders, lock, max_age_days, signature, signers; verifies too",
        "public_key": "file for this user's public key, as PEM: give it to whoever verifies",
        "json": "print one JSON object",
    },
    auto_shortflags=False,
)
def provenance(
    c: Context,  # noqa: ARG001
    run: str,
    verify: bool = False,
    sign: bool = False,
    policy: str = "",
    public_key: str = "",
    json: bool = False,
) -> None:
    """Show where a run came from, verify its record (--verify), or sign it (--sign).

    Verification goes file -> record.json -> statement.json -> ledger, and through the signatures; one changed byte
    anywhere is named. A record that was copied from another clone is checked without a ledger, which is said; a
    `proof.json` beside it stands in, where this repository has the committed head that it leads to.
    """
    with edge(as_json=json):
        import os
        from datetime import UTC, datetime
        from pathlib import Path

        from proposer import custody
        from proposer.provenance.policy import load

        here, rules = Path.cwd(), load(Path(policy)) if policy else None
        result = custody.sign(here, run, os.environ) if sign else None
        if public_key:
            custody.export(here, os.environ, Path(public_key))
        if result is None or (result.verified and rules):
            checked = verify or rules
            result = (
                custody.verify(here, run, policy=rules, now=datetime.now(UTC)) if checked else custody.show(here, run)
            )
        if json:
            print_json(result.document())
        else:
            with telling():
                result.show()
        finish(result.exit_code)

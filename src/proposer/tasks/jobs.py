"""Tasks that CI jobs end and begin with: conclude a run, label evidence, keep records."""

import sys
from typing import TYPE_CHECKING

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, finish, print_json, telling

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["collect", "conclude", "evidence"]


@task(
    positional=["file"],
    help={
        "file": "what a task printed with --json",
        "summary": "put the report into the job's summary too (GitHub)",
        "out": "also write the outputs to a file, as NAME=value (GitLab: artifacts:reports:dotenv)",
    },
    auto_shortflags=False,
)
def conclude(c: Context, file: str, summary: bool = False, out: str = "") -> None:  # noqa: ARG001
    """End a CI job by what a run came to, and hand run, digest and outcome on to other jobs.

    The exit code is the run's. On GitHub, `unavailable` and `incomplete` end the job green with a warning: they say
    nothing about the change.
    """
    with edge():
        import os
        from pathlib import Path

        from proposer import conclusion, git

        came = conclusion.read(Path(file))
        with telling():
            came.tell(os.environ, root=git.root_of(Path.cwd()), summary=summary, out=Path(out) if out else None)
        finish(came.job_exit(os.environ))


@task(positional=["folder"], help={"folder": "with the reports of the checks"}, auto_shortflags=False)
def evidence(c: Context, folder: str) -> None:  # noqa: ARG001
    """Say for the reports in a folder that they are about HEAD, made now: writes evidence.json for codex.predeploy.

    Call it in the job that ran the checks, on the commit that they checked.
    """
    with edge():
        from datetime import UTC, datetime
        from pathlib import Path

        from proposer import git
        from proposer.facts import manifest

        commit = git.Git(cwd=git.root_of(Path.cwd())).text("rev-parse", "--verify", "HEAD^{commit}")
        names = manifest.declare(Path(folder), commit, datetime.now(UTC))
        with telling():
            sys.stdout.write(f"{len(names)} reports are about {commit}\n")


@task(
    positional=["folder"],
    help={
        "folder": "artifacts as they were downloaded: JOB/ARTIFACT/{ledger,runs}",
        "fetch": "GitLab: download into the folder first what jobs of so many days kept; GITLAB_TOKEN may read the API",
        "into": "folder that becomes a working tree of the branch codex/ledger; pushing it is up to you",
        "json": "print one JSON object",
    },
    auto_shortflags=False,
)
def collect(c: Context, folder: str, into: str, fetch: int = 0, json: bool = False) -> None:  # noqa: ARG001
    """Verify records that CI jobs uploaded, and append them to the branch codex/ledger.

    record.json and statement.json are kept, and a ledger over them; CI reads attempts, calls a day and last findings
    from there. Exit code 7 where a record does not verify; the others are kept all the same.
    """
    with edge(as_json=json):
        import os
        from datetime import UTC, datetime
        from pathlib import Path

        from proposer import collecting

        if fetch:
            _fetch(Path(folder), fetch)
        kept = collecting.collect(Path.cwd(), Path(folder), Path(into), environment=os.environ, now=datetime.now(UTC))
        if json:
            print_json(kept.document())
        else:
            with telling():
                kept.show()
        finish(kept.exit_code)


def _fetch(folder: "Path", days: int) -> None:
    """Download the records of GitLab's jobs, and name what could not be read."""
    import os
    from datetime import UTC, datetime, timedelta

    from proposer import git
    from proposer.publish.downloads import fetch
    from proposer.publish.site import site_of

    site = site_of("gitlab", os.environ, git.Git(cwd=git.root_of(folder)))
    fetched = fetch(site.store(), site.repository, folder, datetime.now(UTC) - timedelta(days=days))
    for job in fetched.unreadable:
        sys.stderr.write(f"! job {job}: its archive cannot be read\n")
    sys.stderr.write(f"{len(fetched.jobs)} jobs of the last {days} days kept records\n")

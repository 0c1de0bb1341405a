"""Tasks of CI jobs: whether a job goes on, and publishing what it made."""

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, print_json, telling

__all__ = ["admit", "publish"]


@task(
    help={
        "job": "the job that asks: propose, publish or autofix",
        "event": "event file of GitHub; default: the one of the job. On GitLab the job's variables are read",
        "texts": "file that title and body of the pull request are written to, for --text",
        "json": "print one JSON object",
    },
    auto_shortflags=False,
)
def admit(c: Context, job: str, event: str = "", texts: str = "", json: bool = False) -> None:  # noqa: ARG001
    """Decide from the event whether a job goes on or leaves the change alone, with one sentence why.

    Forks, drafts, bots, edited titles, closed pull requests, re-runs, people without write access, a missing key: each
    is a neutral skip. Exit code 0 both ways; `run`, `reason`, `base` and `head` go to $GITHUB_OUTPUT.
    """
    with edge(as_json=json):
        import os
        from pathlib import Path

        from proposer.publish.admitting import admit as decide

        named, kept = Path(event) if event else None, Path(texts) if texts else None
        result = decide(Path.cwd(), job, environment=os.environ, event=named, texts=kept)
        with telling():
            print_json(result.document()) if json else result.show()


@task(
    positional=["run"],
    help={
        "run": "id of a run, or the start of one",
        "target": "github or gitlab",
        "digest": "SHA-256 that the statement must have, as the job that made the record exported it",
        "dry_run": "send nothing: print each request, as if nothing had been published before",
        "api_url": "address of the API; default: the one of the job",
    },
    auto_shortflags=False,
)
def publish(
    c: Context,  # noqa: ARG001
    run: str,
    target: str,
    digest: str | None = None,
    dry_run: bool = False,
    api_url: str = "",
) -> None:
    """Publish a record: the comment of its pull request, annotations, reports, and a draft from its proposal.

    Refused, exit 7, and nothing is posted: a record that does not verify or has another digest, one about another
    commit than the event's, one whose gate says no, and what the automation level does not allow.
    """
    with edge():
        import os
        from pathlib import Path

        from proposer.publish import publishing

        with telling():
            publishing.publish(
                Path.cwd(), run, target=target, environment=os.environ, digest=digest, dry_run=dry_run, api_url=api_url
            ).show()

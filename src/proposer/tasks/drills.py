"""Tasks that prove the guardrails: drills."""

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, finish, print_json

__all__ = ["drill"]


@task(
    help={
        "name": "one drill, or a pattern such as poison-*; without it, all of them",
        "json": "print one JSON object and nothing else on standard output",
        "junit": "also write the results to a file, as JUnit XML",
    },
    auto_shortflags=False,
)
def drill(c: Context, name: str = "", json: bool = False, junit: str = "") -> None:  # noqa: ARG001
    """Attack the guardrails with a scripted model and the real binary, and tell what held.

    Every attack runs against a copy of this repository. Exit codes: 8 where one escaped, 4 where one could not be
    tried, 0 where all were contained.
    """
    import os
    from pathlib import Path

    from proposer import git
    from proposer.archive import trials
    from proposer.proving import drills
    from proposer.reports import console

    with edge(as_json=json):
        with console.Progress() as progress:
            suite = drills.run(
                Path.cwd(), name=name, environment=os.environ, on_result=lambda result: progress.step(result.told())
            )
        trials.keep(git.root_of(Path.cwd()), suite.document())
        if junit:
            suite.junit(Path(junit))
        if json:
            print_json(suite.document())
        else:
            suite.show()
        finish(suite.exit_code)

"""Tasks that measure reviews: seeded-defect cases."""

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, finish, print_json, telling

__all__ = ["evaluate"]


@task(
    name="eval",
    help={
        "name": "one case, or a pattern such as clean-*; without it, all of evals/",
        "provider": "openai, rehearsal[:FOLDER] for scripts or cassette[:FOLDER] for recordings, one folder for each "
        "case; without it: openai where there is a key, else the scripts that lie beside the cases",
        "record": "keep each run as a cassette below this new folder, for --provider cassette:FOLDER",
        "json": "print one JSON object and nothing else on standard output",
    },
    auto_shortflags=False,
)
def evaluate(c: Context, name: str = "", provider: str = "", record: str = "", json: bool = False) -> None:  # noqa: ARG001
    """Let the pinned review look at changes with known defects, and at clean ones, and score it.

    precision: findings that report an expected defect. recall: expected defects that were reported. noise: findings
    for each clean change, where silence is right. A case is `evals/NAME/` with case.toml and change.patch; it is
    reviewed in a copy of this repository that holds no case. With a key the model is asked, which costs a review for
    each case; without one, scripts answer, which checks the harness and measures nothing.
    Exit codes: 7 below the thresholds of [evals] in proposer.toml, 4 where a case did not finish, 0 otherwise.
    """
    import os
    from pathlib import Path

    from proposer import git
    from proposer.archive import trials
    from proposer.proving import evaluation
    from proposer.reports import console

    with edge(as_json=json):
        kept = Path(record) if record else None
        with console.Progress() as progress:
            found = evaluation.evaluate(Path.cwd(), name=name, provider=provider, record=kept, environment=os.environ,
                                        on_step=progress.step)  # fmt: skip
        trials.keep(git.root_of(Path.cwd()), found.document())
        with telling():
            print_json(found.document()) if json else found.show()
        finish(found.exit_code)

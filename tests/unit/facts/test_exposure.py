"""The score that code counts: each factor is seen, and a harmless change scores 1."""

from datetime import UTC, datetime

import pytest

from lab import Lab
from proposer.config.settings import Settings, Workflow
from proposer.facts import exposure
from proposer.facts.ground import Ground
from proposer.inputs import subject as subjects
from proposer.inputs.workspace import opened


def scored(lab: Lab) -> tuple[int, dict[str, int]]:
    with opened(lab.root) as workspace:
        ground = Ground(
            root=lab.root, git=workspace.git(), settings=Settings(), now=datetime.now(UTC),
            subject=subjects.resolve(workspace, base="HEAD~1", head="HEAD"),
            workflow=Workflow.model_validate({"summary": "s", "prompt": "p", "schema": "s"}),
        )  # fmt: skip
        found = exposure.of(ground)
    return found["score"], {row["name"]: row["points"] for row in found["factors"]}


@pytest.mark.parametrize(
    ("files", "factors"),
    [
        pytest.param({"note.txt": "second\n"}, {}, id="harmless"),
        pytest.param({"app/Auth/views.py": "x = 1\n"}, {"sensitive paths": 3}, id="sensitive"),
        pytest.param({f"auth{n}.py": "" for n in range(3)}, {"sensitive paths": 4}, id="three-sensitive"),
        pytest.param({"app/migrations/0001_x.py": ""}, {"migrations": 3}, id="migrations"),
        pytest.param({"requirements/run.txt": "x\n"}, {"dependencies": 2}, id="dependencies"),
        pytest.param({".github/workflows/ci.yml": "on: push\n"}, {"operations": 2}, id="operations"),
        pytest.param({"a.py": "x\n" * 51}, {"size": 1}, id="fifty-lines"),
        pytest.param({"a.py": "x\n" * 801}, {"size": 3}, id="eight-hundred-lines"),
        pytest.param({f"f{n}": "" for n in range(21)}, {"size": 1}, id="many-files"),
        pytest.param({"view.py": "def view(): ...\n"}, {"access checks": 3}, id="a-check-less"),
        pytest.param({"a.py": "@csrf_exempt\ndef f(): ...\n"}, {"wider permissions": 3}, id="a-door-more"),
        pytest.param({"ci.yml": "permissions:\n  contents: write\n"}, {"wider permissions": 3}, id="write-permissions"),
    ],
)
def test_each_factor_counts(repo: Lab, files: dict[str, str], factors: dict[str, int]) -> None:
    repo.write("view.py", "@login_required\ndef view(): ...\n")
    repo.commit()
    for name, text in files.items():
        repo.write(name, text)
    repo.commit()
    assert scored(repo) == (min(10, 1 + sum(factors.values())), factors)


def test_a_file_that_becomes_executable_counts_and_ten_is_the_most(repo: Lab) -> None:
    (repo.root / "note.txt").chmod(0o755)
    repo.commit()
    assert scored(repo) == (3, {"file permissions": 2})
    for name in ("auth.py", "app/migrations/0001_x.py", "pyproject.toml", "Dockerfile"):
        repo.write(name, "x\n" * 300)
    repo.commit()
    assert scored(repo)[0] == 10

"""The branch of a subject: what the job says, the name that was asked for, or what is checked out."""

import pytest

from lab import Lab
from proposer.inputs.branch import branch_of


@pytest.mark.parametrize(
    ("head", "named", "branch"),
    [
        pytest.param("", None, "main", id="what-is-checked-out"),
        pytest.param("HEAD", None, "main", id="its-tip"),
        pytest.param("feature", None, "feature", id="a-branch"),
        pytest.param("refs/heads/feature", None, "feature", id="a-branch-in-full"),
        pytest.param("origin/feature", None, "feature", id="the-branch-of-a-remote"),
        pytest.param("HEAD~1", None, None, id="a-commit-on-the-way"),
        pytest.param("nowhere", None, None, id="a-name-that-means-nothing"),
        pytest.param("HEAD~1", "topic", "topic", id="what-the-job-says"),
    ],
)
def test_branch_of_a_subject(repo: Lab, head: str, named: str | None, branch: str | None) -> None:
    repo.git("branch", "feature")
    repo.write("note.txt", "second\n")
    repo.commit()
    assert branch_of(repo.root, head=head, named=named) == branch


def test_a_detached_head_is_on_no_branch(repo: Lab) -> None:
    repo.git("checkout", "-q", "--detach")
    assert branch_of(repo.root, head="", named=None) is None

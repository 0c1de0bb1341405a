"""Where a run takes place, and what is never invented."""

import pytest

from proposer.provenance.origin import Origin, of


@pytest.mark.parametrize(
    ("environment", "origin"),
    [
        pytest.param({}, Origin(runner="workstation"), id="desk"),
        pytest.param({"CI": ""}, Origin(runner="workstation"), id="empty"),
        pytest.param({"CI": "false"}, Origin(runner="workstation"), id="said-no"),
        pytest.param({"CI": "true"}, Origin(runner="ci"), id="some-ci"),
        pytest.param({"CI": "1", "GITHUB_RUN_ID": "7"}, Origin(runner="ci"), id="some-ci-with-odd-names"),
        pytest.param(
            {"GITHUB_ACTIONS": "true", "GITHUB_RUN_ID": "7", "GITHUB_WORKFLOW": "w", "GITHUB_ACTOR": "a"},
            Origin(runner="github-actions", job_id="7", workflow="w", actor="a"),
            id="github",
        ),
        pytest.param(
            {
                "GITLAB_CI": "true",
                "CI_JOB_ID": "8",
                "CI_JOB_NAME": "j",
                "GITLAB_USER_LOGIN": "u",
                "CI_PROJECT_PATH": "p",
            },
            Origin(runner="gitlab-ci", job_id="8", workflow="j", actor="u", repo="p"),
            id="gitlab",
        ),
    ],
)
def test_origin(environment: dict[str, str], origin: Origin) -> None:
    assert of(environment) == origin
    assert origin.ci is (origin.runner != "workstation")

"""Where a run takes place: a workstation or a CI job, from the environment of the job; never invented."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Origin", "of"]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """`runner` names the kind of machine; the rest is None where there is no such thing."""

    runner: str
    job_id: str | None = None
    workflow: str | None = None
    actor: str | None = None
    repo: str | None = None
    branch: str | None = None
    """The branch of the change, as the job names it."""

    @property
    def ci(self) -> bool:
        """Whether this is a CI job."""
        return self.runner != "workstation"


def of(environment: Mapping[str, str]) -> Origin:
    """Read the origin (GitHub: default environment variables; GitLab: predefined CI/CD variables)."""
    get = environment.get
    if get("GITHUB_ACTIONS") == "true":
        return Origin(
            runner="github-actions",
            job_id=get("GITHUB_RUN_ID"),
            workflow=get("GITHUB_WORKFLOW"),
            actor=get("GITHUB_ACTOR"),
            repo=get("GITHUB_REPOSITORY"),
            branch=get("GITHUB_HEAD_REF") or get("GITHUB_REF_NAME"),
        )
    if get("GITLAB_CI") == "true":
        return Origin(
            runner="gitlab-ci",
            job_id=get("CI_JOB_ID"),
            workflow=get("CI_JOB_NAME"),
            actor=get("GITLAB_USER_LOGIN"),
            repo=get("CI_PROJECT_PATH"),
            branch=get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME") or get("CI_COMMIT_REF_NAME"),
        )
    return Origin(runner="ci" if get("CI", "").lower() in ("true", "1") else "workstation")

"""Where a job publishes to: API, repository, token and own host, from its environment; no token means no request."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from proposer.errors import UsageError
from proposer.git import Git
from proposer.publish.forge import Forge
from proposer.publish.github import GitHub
from proposer.publish.gitlab import GitLab
from proposer.publish.wire import Store, Wire, address

__all__ = ["TARGETS", "Site", "Target", "site_of"]

Target = Literal["github", "gitlab"]
TARGETS: tuple[Target, ...] = ("github", "gitlab")

_REMOTE = re.compile(r"(?:[a-z+]+://)?(?:[^@/\s]+@)?[A-Za-z0-9.-]+(?::[0-9]+)?[:/]([\w.-]+(?:/[\w.-]+)+?)/?")
_PLAIN = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+|[0-9]{1,18}")
_HOST = re.compile(r"[a-z0-9.-]+(?::[0-9]+)?")


@dataclass(frozen=True, kw_only=True)
class Site:
    """One repository on one forge; `link` leads to the job, where there is one."""

    target: Target
    api: str
    repository: str
    token: str
    host: str
    link: str

    def wire(self, pace: float) -> Wire:
        """Open the way to the API.

        Args:
            pace: seconds between two writes on GitHub; 0: none, and no wait before a repetition.

        Raises:
            UsageError: there is no token.
        """
        if self.target == "gitlab":
            return self.store()
        from proposer.publish import githubwire  # noqa: PLC0415 - PyGithub is only loaded where it is used

        return githubwire.opened(self.api, self._secret("GITHUB_TOKEN"), pace=pace)

    def store(self) -> Store:
        """Open the way to GitLab's API, and to the files that its jobs kept.

        Raises:
            UsageError: there is no token.
        """
        from proposer.publish import gitlabwire  # noqa: PLC0415 - python-gitlab is only loaded where it is used

        return gitlabwire.opened(self.api, self._secret("GITLAB_TOKEN"))

    def _secret(self, name: str) -> str:
        if not self.token:
            raise UsageError(f"there is no {name}", "give it to the step, or look first: --dry-run")
        return self.token

    def forge(self, wire: Wire, wait: Callable[[float], None]) -> Forge:
        """Return the forge behind a wire."""
        kind = GitHub if self.target == "github" else GitLab
        return kind(wire, self.repository, wait=wait)


def site_of(target: str, environment: Mapping[str, str], root: Git, *, api_url: str = "", dry: bool = False) -> Site:
    """Read a site from the environment of a job, else from the repository's remote `origin`.

    Raises:
        UsageError: no forge of that name, no repository, or an address that a token must not be sent to.
    """
    kind = next((name for name in TARGETS if name == target), None)
    if kind is None:
        raise UsageError(f"there is no target {target!r}", f"use one of: {', '.join(TARGETS)}")
    get = environment.get
    remote = root.call("config", "--get", "remote.origin.url").stdout.decode(errors="replace").strip()
    known = match[1].removesuffix(".git") if (match := _REMOTE.fullmatch(remote)) else ""
    if kind == "github":
        server = get("GITHUB_SERVER_URL") or "https://github.com"
        repository = get("GITHUB_REPOSITORY") or known
        job = get("GITHUB_RUN_ID", "")
        link = f"{server}/{repository}/actions/runs/{job}" if job.isdigit() else ""
        api, token = api_url or get("GITHUB_API_URL") or "https://api.github.com", get("GITHUB_TOKEN", "")
    else:
        server = get("CI_SERVER_URL") or "https://gitlab.com"
        repository = get("CI_PROJECT_ID") or get("CI_PROJECT_PATH") or known
        job = get("CI_JOB_ID", "")
        link = f"{server}/{get('CI_PROJECT_PATH') or known}/-/jobs/{job}" if job.isdigit() else ""
        api, token = api_url or get("CI_API_V4_URL") or "https://gitlab.com", get("GITLAB_TOKEN", "")
    if not _PLAIN.fullmatch(repository):
        if not dry:
            raise UsageError("which repository this is cannot be seen", "set GITHUB_REPOSITORY or CI_PROJECT_PATH")
        repository = "OWNER/REPOSITORY"
    host = urlsplit(server).netloc.lower()
    return Site(
        target=kind, api=address(api), repository=repository, token=token.strip(),
        host=host if _HOST.fullmatch(host) else "github.com", link=link if server.startswith("https://") else "",
    )  # fmt: skip

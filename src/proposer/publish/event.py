"""What started a CI job, as the forge tells it: GitHub's event file, GitLab's predefined variables.

Everything here was written by strangers: ids are checked for their form, texts stay data.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from proposer.errors import UsageError
from proposer.publish.account import NOBODY, Account
from proposer.publish.payload import Payload

__all__ = ["PULL", "Event", "is_ref", "of_github", "of_gitlab", "plain", "read"]

Target = Literal["github", "gitlab"]
PULL = "pull_request"
"""The kind of an event about a pull request, and of one about a merge request."""

_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REF = re.compile(r"(?!.*(?:\.\.|//|\.lock$|/$))[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}")
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+")
_GITLAB_BOT = re.compile(r"(?:project|group)_[0-9]+_bot(?:_[0-9a-z]+)?")
_DRAFT = re.compile(r"(?i)\s*(?:draft:|\[draft\]|\(draft\))")
_LARGEST = 32 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Event:
    """What happened. Commits are object ids or empty; `head_ref` and `base_ref` are plain names or empty.

    `action` is GitHub's (`labeled`, `synchronize`, ...); `label` the one that was set; `fork` says that the change
    comes from another repository; `attempt` counts from 1; `association` is what GitHub says about the author's part
    in the repository.
    """

    forge: Target
    kind: str
    action: str = ""
    repository: str = ""
    number: int = 0
    title: str = ""
    body: str = ""
    base: str = ""
    head: str = ""
    base_ref: str = ""
    head_ref: str = ""
    fork: bool = False
    draft: bool = False
    closed: bool = False
    labels: frozenset[str] = field(default_factory=frozenset)
    label: str = ""
    author: Account = NOBODY
    sender: Account = NOBODY
    association: str = ""
    owner: str = ""
    attempt: int = 1

    @property
    def pull(self) -> bool:
        """Whether this is about a pull request or merge request."""
        return self.kind == PULL


def read(target: Target, environment: Mapping[str, str], path: Path | None = None) -> Event:
    """Return what started this job.

    Args:
        target: whose job it is.
        environment: of the job.
        path: GitHub's event file; None: the one that the environment names.

    Raises:
        UsageError: there is none, or it has another shape.
    """
    if target == "gitlab":
        return of_gitlab(environment)
    name = path or (Path(given) if (given := environment.get("GITHUB_EVENT_PATH")) else None)
    if name is None:
        raise UsageError("there is no event file", "run it in a job, or add: --event FILE")
    try:
        if name.stat().st_size > _LARGEST:
            raise UsageError(f"the event file {name.name} is larger than {_LARGEST} bytes", "name the right file")
        payload = json.loads(name.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"the event file {name.name} cannot be read: {error}", "name the file of a job") from error
    return of_github(payload, environment)


def of_github(payload: Any, environment: Mapping[str, str]) -> Event:
    """Read GitHub's event (docs.github.com, "Webhook events and payloads", `pull_request`) and default variables.

    Raises:
        UsageError: it has another shape.
    """
    try:
        given = Payload.model_validate(payload)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise UsageError(f"the event file has another shape at {where}", "name the event file of the job") from error
    get = environment.get
    pull, sha = given.pull_request, _oid(get("GITHUB_SHA", ""))
    kind = get("GITHUB_EVENT_NAME") or (PULL if pull else "unknown")
    repository = given.repository.full_name or get("GITHUB_REPOSITORY", "")
    event = Event(
        forge="github",
        kind=kind,
        action=given.action,
        repository=repository if _REPOSITORY.fullmatch(repository) else "",
        sender=given.sender.account(),
        owner=given.repository.owner.login,
        label=given.label.name if given.label else "",
        attempt=_number(get("GITHUB_RUN_ATTEMPT", "1")) or 1,
        base=sha,
        head=sha,
        base_ref=_ref(get("GITHUB_REF_NAME", "")),
    )
    if pull is None:
        return event
    base, head = pull.base.repo, pull.head.repo
    return replace(
        event,
        number=pull.number,
        title=pull.title,
        body=pull.body or "",
        base=_oid(pull.base.sha),
        head=_oid(pull.head.sha),
        base_ref=_ref(pull.base.ref),
        head_ref=_ref(pull.head.ref),
        # A repository that was deleted is null, and no longer this one.
        fork=head is None or base is None or (head.id, head.full_name) != (base.id, base.full_name),
        draft=pull.draft,
        closed=pull.state != "open" or pull.merged,
        labels=frozenset(label.name for label in pull.labels),
        author=pull.user.account() if pull.user else NOBODY,
        association=pull.author_association,
    )


def of_gitlab(environment: Mapping[str, str]) -> Event:
    """Read GitLab's predefined variables (docs.gitlab.com, "Predefined CI/CD variables reference").

    The pipeline of a merged result runs on a commit of its own; the head of the change is named beside it then.
    """
    get = environment.get
    source, login = get("CI_PIPELINE_SOURCE", ""), get("GITLAB_USER_LOGIN", "")
    sender = Account(id=_number(get("GITLAB_USER_ID", "")), login=login, bot=bool(_GITLAB_BOT.fullmatch(login)))
    repository, sha = get("CI_PROJECT_PATH", ""), _oid(get("CI_COMMIT_SHA", ""))
    event = Event(
        forge="gitlab",
        kind=source or "unknown",
        repository=repository if _REPOSITORY.fullmatch(repository) else "",
        sender=sender,
        base=sha,
        head=sha,
        base_ref=_ref(get("CI_COMMIT_REF_NAME", "")),
    )
    if source != "merge_request_event":
        return event
    title, project = get("CI_MERGE_REQUEST_TITLE", ""), get("CI_MERGE_REQUEST_PROJECT_ID", "")
    labels = (label.strip() for label in get("CI_MERGE_REQUEST_LABELS", "").split(","))
    return replace(
        event,
        kind=PULL,
        number=_number(get("CI_MERGE_REQUEST_IID", "")),
        title=title,
        body=get("CI_MERGE_REQUEST_DESCRIPTION", ""),
        base=_oid(get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "") or get("CI_MERGE_REQUEST_DIFF_BASE_SHA", "")),
        head=_oid(get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "")) or sha,
        base_ref=_ref(get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "")),
        head_ref=_ref(get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "")),
        fork=not project or get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "") != project,
        draft=get("CI_MERGE_REQUEST_DRAFT", "") == "true" or bool(_DRAFT.match(title)),
        labels=frozenset(filter(None, labels)),
    )


def is_ref(text: str) -> bool:
    """Tell whether a name of a branch can be passed on (git-check-ref-format(1), and plain characters alone)."""
    return bool(_REF.fullmatch(text))


def plain(name: str) -> str:
    """Return the name of a workflow as a file, a title and a branch can hold it."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:64] or "run"


def _oid(text: str) -> str:
    return text if _OID.fullmatch(text) else ""


def _ref(text: str) -> str:
    return text if is_ref(text) else ""


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else 0

"""Compares CI files: what jobs may do and see, and which checks still run."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proposer.upkeep.job import EVERYTHING, LEVELS, Check, Job, Pipeline
from proposer.upkeep.pipeline import is_pipeline, read
from proposer.upkeep.weakening import Weakening

__all__ = ["compare"]

_OUTSIDERS = frozenset({
    "pull_request_target", "workflow_run", "issue_comment", "issues", "discussion", "discussion_comment", "fork",
    "watch", "gollum", "pull_request_review", "pull_request_review_comment", "public", "label", "page_build", "status",
})  # fmt: skip
"""Events that people without write access can cause, and that run with the secrets of the repository, or may."""
_JUDGING = frozenset({"pull_request", "push", "merge_group", "schedule"})
"""Events on which checks run; another event can be added to a check, one of these must not be lost."""
_TYPES = frozenset({"opened", "synchronize", "reopened"})
"""What a pull request must do to start a workflow that does not say it."""
# Machines that a forge makes for one job: names of GitHub's and GitLab's own. Whatever else is named may be anybody's.
_HOSTED = re.compile(r"(?:ubuntu|windows|macos)-(?:latest|slim|[0-9][\w.-]*)|saas-(?:linux|macos|windows)-[a-z0-9-]+")
_REACH = {1: "one step", 2: "every step of the job", 3: "every job of the file"}


def compare(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Weakening]:
    """Yield where the new CI files are weaker; both map paths of CI files to their bytes."""
    before, after = dict(_read(old)), dict(_read(new))
    for path, now in after.items():
        was = before.get(path)
        if isinstance(now, str):
            if not isinstance(was, str):
                known = "readable" if was else ""
                yield _found("unreadable", path, "the file", known, now, "nobody can say what it does")
        else:
            earlier = was if isinstance(was, Pipeline) else Pipeline(permissions={})
            yield from _file(path, earlier, now, _vanished(before, after, path), new=not isinstance(was, Pipeline))
    yield from _lost(before, after)


def _found(code: str, path: str, what: str, was: str, now: str, why: str) -> Weakening:
    return Weakening(code=code, path=path, what=what, was=was, now=now, why=why)


def _read(files: Mapping[str, bytes]) -> Iterator[tuple[str, Pipeline | str]]:
    """Yield each CI file as it was understood, or why it was not."""
    for path in sorted(filter(is_pipeline, files)):
        try:
            yield path, read(path, files[path])
        except ValueError as error:
            yield path, str(error)


@dataclass(frozen=True, kw_only=True)
class _Left:
    """Jobs that are gone: a new job may be one of them under another name, and have what they had."""

    jobs: Sequence[Job]

    def permits(self, scope: str) -> str:
        """Return the highest level that one of them had."""
        return max((_level(job.permissions, scope) for job in self.jobs), key=LEVELS.index, default="none")

    def saw(self, secret: str) -> int:
        """Return how far one of them saw a secret."""
        return max((_reach(job.secrets, secret) for job in self.jobs), default=0)


def _vanished(before: Mapping[str, Pipeline | str], after: Mapping[str, Pipeline | str], path: str) -> _Left:
    """Return the jobs that are gone from a file, and those of files that are gone altogether."""
    jobs = []
    for name, was in before.items():
        now = after.get(name)
        if isinstance(was, Pipeline) and (name == path or now is None):
            kept = now.jobs if isinstance(now, Pipeline) else {}
            jobs += [job for key, job in was.jobs.items() if key not in kept]
    return _Left(jobs=jobs)


def _level(permissions: Mapping[str, str] | None, scope: str) -> str:
    if permissions is None:
        return "write"
    return permissions.get(scope, permissions.get(EVERYTHING, "none"))


def _reach(secrets: Mapping[str, int], name: str) -> int:
    return max(secrets.get(name, 0), secrets.get(EVERYTHING, 0))


def _file(path: str, old: Pipeline, now: Pipeline, left: _Left, *, new: bool) -> Iterator[Weakening]:
    usual = {EVERYTHING: "read"} if new else old.permissions
    yield from _wider(path, "permissions of the file", usual, now.permissions)
    for event in sorted(_OUTSIDERS & now.events.keys() - old.events.keys()):
        yield _found("trigger", path, f"on: {event}", "", event, "people without write access can start it")
    for name, job in now.jobs.items():
        known = old.jobs.get(name)
        where = f"job {name}"
        base = known.permissions if known else _renamed(left, job.permissions)
        yield from _wider(path, f"permissions of {where}", base, job.permissions)
        for secret, reach in sorted(job.secrets.items()):
            saw = _reach(known.secrets, secret) if known else left.saw(secret)
            if reach > saw:
                name_of = "every secret" if secret == EVERYTHING else secret
                yield _found("secret", path, f"{name_of} in {where}", _REACH.get(saw, ""), _REACH[reach],
                             "whatever runs there can read it")  # fmt: skip
        # What another job of the file used by name already is no new risk; what this one had pinned is.
        loose = {name for one in old.jobs.values() for name in one.unpinned} - (known.pinned if known else set())
        yield from _job(path, where, known or Job(name=name, limited=True, permissions={}), job, loose)
    yield from _needs(path, old, now)


def _renamed(left: _Left, permissions: Mapping[str, str] | None) -> dict[str, str]:
    """Return what a new job may have: it may read, and do what a job that is gone could do."""
    scopes = {scope for job in left.jobs for scope in (job.permissions or {})} | set(permissions or {})
    return {EVERYTHING: "read"} | {scope: max("read", left.permits(scope), key=LEVELS.index) for scope in scopes}


def _wider(path: str, what: str, old: Mapping[str, str] | None, now: Mapping[str, str] | None) -> Iterator[Weakening]:
    why = "what runs there may change more"
    if now is None:
        if old is not None:
            yield _found("permissions", path, what, _told(old), "everything", why)
        return
    for scope in sorted({*now, *(old or {})}):
        was, level = _level(old, scope), _level(now, scope)
        if LEVELS.index(level) > LEVELS.index(was):
            yield _found("permissions", path, f"{what}: {scope}", was, level, why)


def _told(permissions: Mapping[str, str]) -> str:
    return ", ".join(f"{scope}: {level}" for scope, level in sorted(permissions.items())) or "{}"


def _job(path: str, where: str, old: Job, now: Job, loose: Collection[str]) -> Iterator[Weakening]:
    for name in sorted(now.unpinned - old.unpinned - set(loose)):
        was = "pinned" if name in old.pinned else ""
        yield _found("unpinned", path, f"{name} in {where}", was, "by name", "its owner decides what runs, at any time")
    if own := {name for name in now.runners - old.runners if not _HOSTED.fullmatch(name)}:
        yield _found("runner", path, where, ", ".join(sorted(old.runners)), ", ".join(sorted(own)),
                     "it may keep what a job leaves")  # fmt: skip
    if now.leaves_token > old.leaves_token:
        yield _found("credentials", path, f"checkouts of {where} that keep the token", str(old.leaves_token),
                     str(now.leaves_token), "every later step can push with it")  # fmt: skip
    if old.limited and not now.limited:
        yield _found("timeout", path, where, "limited", "six hours", "a job that hangs costs and blocks")
    for gate in sorted(old.gates - now.gates):
        yield _found(
            "check-removed", path, f"codex.{gate} in {where}", "runs", "", "nothing keeps the job from going on"
        )
    for risk in sorted(now.risky - old.risky):
        yield _found("action-input", path, where, "", risk, "the action was built to refuse this unless told so")
    if old.trusted and now.trusted and not _parts(old.condition) <= _parts(now.condition):
        yield _found("condition", path, f"if: of {where}", old.condition, now.condition or "always",
                     "it has a secret or may write, so a person must look")  # fmt: skip
    if old.environment and now.secrets and now.environment != old.environment:
        yield _found("condition", path, f"environment of {where}", old.environment, now.environment,
                     "what the environment asks for no longer protects its secrets")  # fmt: skip


def _parts(condition: str) -> set[str]:
    """Return what must hold together; a condition with `||` outside of its only parts is one part."""
    text = " ".join(condition.replace("${{", " ").replace("}}", " ").split())
    return {one.strip() for one in text.split("&&")} - {""} if "||" not in text else {text}


def _needs(path: str, old: Pipeline, now: Pipeline) -> Iterator[Weakening]:
    for name, job in now.jobs.items():
        for lost in sorted(old.jobs[name].needs - job.needs if name in old.jobs else ()):
            if lost in now.jobs and lost not in _all_needs(now, name):
                yield _found("needs", path, f"needs of job {name}", lost, "", "it no longer waits for that")


def _all_needs(pipeline: Pipeline, name: str) -> set[str]:
    """Return what a job waits for, directly or through others; `if: always()` cuts the chain, so it is not followed."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        job = pipeline.jobs.get(waiting.pop())
        if job is None or (found and "always()" in job.condition):
            continue
        waiting += job.needs - found
        found |= job.needs
    return found


def _lost(before: Mapping[str, Pipeline | str], after: Mapping[str, Pipeline | str]) -> Iterator[Weakening]:
    """Yield checks that no file runs any more, or not as often, or not with the same consequence."""
    now = [(check, pipe.events) for pipe in after.values() if isinstance(pipe, Pipeline) for check in _checks(pipe)]
    told = set()
    for path, pipe in before.items():
        if isinstance(pipe, str) or isinstance(after.get(path), str):
            continue  # it could not be compared, which was said
        for check in _checks(pipe):
            same = [(one, events) for one, events in now if _covers(one.command, check.command)]
            needed = check.events & _JUDGING
            if any(one.unless <= check.unless and _as_often(needed, pipe.events, events) for one, events in same):
                continue
            row = _difference(path, check, needed, same, pipe)
            if row.id not in told:
                told.add(row.id)
                yield row


def _checks(pipeline: Pipeline) -> Iterator[Check]:
    return (check for job in pipeline.jobs.values() for check in job.checks)


def _covers(now: str, old: str) -> bool:
    """Tell whether a command is another one, that without its excuse, or all of nox where that was some sessions."""
    plain = re.sub(r"\s*\|\|.*$", "", old)
    return now in (old, plain) or (now == "nox" and plain.startswith("nox -s ") and " -- " not in plain)


def _as_often(needed: frozenset[str], old: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return all(event in now and not _narrower(old.get(event), now[event]) for event in needed)


def _narrower(old: Any, now: Any) -> bool:
    """Tell whether the filters of an event let fewer changes through."""
    first, second = (one if isinstance(one, dict) else {} for one in (old, now))
    for key, value in second.items():
        listed, was = _names(value), _names(first.get(key, _TYPES if key == "types" else None))
        if key.endswith("-ignore") and not listed <= was:
            return True
        if key in ("branches", "paths", "tags") and key not in first:
            return True
        if key in ("branches", "paths", "types", "tags") and not was <= listed:
            return True
    return "types" not in second and not _names(first.get("types")) <= _TYPES


def _names(value: Any) -> set[str]:
    if isinstance(value, list | frozenset):
        return set(map(str, value))
    return {str(value)} if value else set()


def _difference(path: str, check: Check, needed: frozenset[str], same: Sequence[tuple[Check, Mapping[str, Any]]],
                pipe: Pipeline) -> Weakening:  # fmt: skip
    was = f"on {', '.join(sorted(needed))}" if needed else "runs"
    what = f"`{check.command[:120]}`"
    if not same:
        return _found("check-removed", path, what, was, "", "what it would have found goes through")
    one, events = min(same, key=lambda pair: len(pair[0].unless - check.unless))
    lost = sorted(event for event in needed if event not in events)
    narrowed = sorted(event for event in needed if event in events and _narrower(pipe.events.get(event), events[event]))
    now = "; ".join([*sorted(one.unless - check.unless), *(f"not on {event}" for event in lost),
                     *(f"not on every {event}" for event in narrowed)])  # fmt: skip
    return _found("check-removed", path, what, was, now, "it no longer stops every change that it should")

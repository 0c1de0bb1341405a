"""Looks at everything a run depends on and says what mends what is wrong."""

import contextlib
import os
import sys
import tempfile
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from proposer import git, probing
from proposer.config import lock as locks
from proposer.config import settings as config
from proposer.config import strict
from proposer.config.lockfile import Lock
from proposer.errors import EXIT_USAGE, ProposerError, UsageError
from proposer.invocation import binary as binaries
from proposer.invocation import home
from proposer.proving import guidance
from proposer.publish import readiness
from proposer.relay import upstream
from proposer.reports.safe import log_line
from proposer.upkeep.age import pinned_since

__all__ = ["Check", "Report", "examine"]

Status = Literal["ok", "warning", "error"]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    name: str
    status: Status
    detail: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """All checks."""

    checks: tuple[Check, ...]

    @property
    def exit_code(self) -> int:
        """2 where one check is an error."""
        return EXIT_USAGE if any(check.status == "error" for check in self.checks) else 0

    def document(self) -> dict[str, Any]:
        """Return the JSON form (`proposer/doctor/v1`)."""
        return {
            "schema": "proposer/doctor/v1",
            "exit": self.exit_code,
            "checks": [vars(check) for check in self.checks],
        }

    def show(self) -> None:
        """Print it for people."""
        marks = {"ok": "ok  ", "warning": "warn", "error": "FAIL"}
        for check in self.checks:
            sys.stdout.write(f"{marks[check.status]}  {check.name:14} {_line(check.detail)}\n")
            if check.hint and check.status != "ok":
                sys.stdout.write(f"{'':22}{_line(check.hint)}\n")


def examine(
    folder: Path, *, environment: Mapping[str, str], ci: bool, tasks: Collection[str] = (), today: date | None = None
) -> Report:
    """Look at the working tree, the installed binary and this machine.

    Args:
        folder: somewhere inside the repository.
        environment: the caller's environment.
        ci: speak of the job's secrets instead of the shell's variables, and look at what it may publish.
        tasks: names of this library's tasks, which AGENTS.md may name.
        today: the day in UTC, for the age of the pin; None: it is not looked at.

    Raises:
        UsageError: there is no repository.
    """
    root = git.root_of(folder)
    pinned = locks.of_worktree(root)
    checks = [*_lock(pinned), *_settings(pinned)]
    try:
        lock: Lock | None = locks.read(pinned.lock_text, "the working tree")
    except UsageError:
        lock = None
    checks += _guidance(root, pinned, lock, tasks)
    checks += _age(root, pinned, lock, today) if lock is not None and today is not None else ()
    try:
        found = binaries.find()
    except UsageError as error:
        checks.append(Check(name="binary", status="error", detail=error.message, hint=error.hint))
    else:
        checks += [_binary(found, lock), _model(found, lock)] if lock is not None else []
        with tempfile.TemporaryDirectory(prefix="proposer-doctor-") as scratch:
            checks += _probed(probing.Probe(found, Path(scratch)), root)
    checks += [_credentials(environment, ci=ci), _system(), *_login(environment), _interactive(root, environment)]
    if ci:
        checks += [
            Check(name="publishing", status="warning" if one.hint else "ok", detail=one.detail, hint=one.hint)
            for one in readiness.findings(git.Git(cwd=root), environment)
        ]
    return Report(checks=tuple(checks))


def _probed(probe: probing.Probe, root: Path) -> list[Check]:
    """Ask the binary itself; one that cannot even be started answers nothing."""
    try:
        return [_sandbox(probe), _config(probe, root), *_rules(probe, root)]
    except (ProposerError, OSError) as error:
        return [Check(name="codex", status="error", detail=str(error), hint="install the pinned binary again")]


def _line(text: str) -> str:
    return " ".join(log_line(text).split())


def _try(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name=name, status="ok", detail=look())
    except ProposerError as error:
        return Check(name=name, status="error", detail=error.message, hint=error.hint)


def _lock(pinned: locks.Pinned) -> Iterator[Check]:
    try:
        rows = locks.differences(locks.read(pinned.lock_text, "the working tree"), pinned)
    except UsageError as error:
        yield Check(name="lock", status="error", detail=error.message, hint=error.hint)
        return
    if rows:
        more = f" (and {len(rows) - 1} more)" if len(rows) > 1 else ""
        yield Check(
            name="lock", status="error", detail=f"{rows[0]}{more}", hint="look at each, then run: inv codex.lock"
        )
    else:
        yield Check(name="lock", status="ok", detail=f"fits {len(pinned.files)} files")


def _settings(pinned: locks.Pinned) -> Iterator[Check]:
    def look() -> str:
        if pinned.settings is None:
            raise UsageError("proposer.toml is missing", "restore it: git checkout proposer.toml")
        settings = config.parse(pinned.settings)
        for workflow in settings.workflows.values():
            for path in (workflow.prompt, workflow.output_schema):
                if path not in pinned.files:
                    raise UsageError(f"proposer.toml names {path}, which does not exist", "create it or mend the table")
        return f"workflows: {', '.join(sorted(settings.workflows)) or 'none'}"

    def strictly() -> str:
        if pinned.settings is None:
            raise UsageError("proposer.toml is missing", "restore it: git checkout proposer.toml")
        paths = sorted({workflow.output_schema for workflow in config.parse(pinned.settings).workflows.values()})
        for path in paths:
            strict.check(pinned.files.get(path, b""), path)
        return f"{len(paths)} fit strict structured outputs"

    yield _try("settings", look)
    yield _try("schemas", strictly)


def _binary(installed: binaries.Binary, lock: Lock) -> Check:
    def look() -> str:
        found = binaries.check(installed, lock, cached=False)
        return f"codex {found.version}, sha256 {found.sha256[:12]}… as {found.reference} says"

    return _try("binary", look)


def _model(installed: binaries.Binary, lock: Lock) -> Check:
    try:
        models = probing.catalogue(installed)
    except (ProposerError, ValueError, KeyError, TypeError, AttributeError) as error:
        return Check(name="model", status="error", detail=f"the binary lists no models: {error}",
                     hint="install the pinned binary again")  # fmt: skip
    model = models.get(lock.model)
    if model is None:
        usable = ", ".join(sorted(name for name, entry in models.items() if not entry.code_mode))
        return Check(name="model", status="warning", detail=f"{lock.model} is unknown to codex {lock.codex_version}",
                     hint=f"a typo, or newer than the pin; it knows and can use: {usable}")  # fmt: skip
    if model.code_mode:
        return Check(name="model", status="error", detail=f"{lock.model} needs code mode, whose tools are not allowed",
                     hint="set model in codex.lock to one with function tools, such as gpt-5.5")  # fmt: skip
    if lock.effort not in model.efforts:
        return Check(name="model", status="error", detail=f"{lock.model} has no effort {lock.effort!r}",
                     hint=f"set effort in codex.lock to one of: {', '.join(model.efforts)}")  # fmt: skip
    return Check(
        name="model", status="ok", detail=f"{lock.model} with effort {lock.effort} is in the bundled catalogue"
    )


def _age(root: Path, pinned: locks.Pinned, lock: Lock, today: date) -> Iterator[Check]:
    """Warn where nobody has moved the pin for long; what was mended in Codex since is missing here."""
    since, most = pinned_since(root), 0
    with contextlib.suppress(UsageError):
        most = config.parse(pinned.settings).project.pin_days if pinned.settings is not None else 0
    if since is None or not most:
        return
    days = (today - since).days
    if days > most:
        yield Check(name="age", status="warning", detail=f"codex {lock.codex_version} was pinned {days} days ago",
                    hint="try the newest: inv codex.lock --upgrade latest")  # fmt: skip
    else:
        yield Check(name="age", status="ok", detail=f"codex {lock.codex_version} has been pinned since {since}")


def _guidance(root: Path, pinned: locks.Pinned, lock: Lock | None, tasks: Collection[str]) -> Iterator[Check]:
    """Look at what AGENTS.md and skills name, how long they are, and whether they arrive in a real request."""
    rows = guidance.missing(root, pinned.files, tasks)
    for row in rows:
        hint = "mend the name (or write it without backticks), then run: inv codex.lock"
        yield Check(name="names", status="error", detail=row, hint=hint)
    if not rows:
        yield Check(name="names", status="ok", detail="AGENTS.md and skills name what exists")
    yield _try("budget", lambda: guidance.fits(pinned.files))
    if lock is not None:
        yield _try("instructions", lambda: guidance.arrives(pinned.files, binary=binaries.find(), lock=lock))


def _sandbox(probe: probing.Probe) -> Check:
    works, detail = probe.sandbox()
    if works:
        return Check(name="sandbox", status="ok", detail="a command runs in Codex's sandbox")
    return Check(name="sandbox", status="warning", detail=f"does not start: {detail}", hint=probing.REMEDY)


def _config(probe: probing.Probe, root: Path) -> Check:
    path = root / ".codex" / "config.toml"
    if not path.is_file():
        return Check(
            name="config",
            status="warning",
            detail="no .codex/config.toml",
            hint="interactive codex has no project settings",
        )
    complaint = probe.config(path.read_bytes())
    if complaint:
        return Check(
            name="config",
            status="error",
            detail=f".codex/config.toml: {complaint}",
            hint="mend the line, then run: inv codex.lock",
        )
    return Check(name="config", status="ok", detail=".codex/config.toml loads under --strict-config")


def _rules(probe: probing.Probe, root: Path) -> Iterator[Check]:
    files = sorted((root / ".codex" / "rules").glob("*.rules"))
    if not files:
        yield Check(
            name="rules", status="warning", detail="no .codex/rules/*.rules", hint="rules keep accidents away; see docs"
        )
        return
    for path in files:
        complaint = probe.rules(path)
        if complaint:
            yield Check(
                name="rules",
                status="error",
                detail=f"{path.name}: {complaint}",
                hint="mend the rule, then run: inv codex.lock",
            )
        else:
            yield Check(name="rules", status="ok", detail=f"{path.name} loads, its own match and not_match tests hold")


def _credentials(environment: Mapping[str, str], *, ci: bool) -> Check:
    try:
        if upstream.running(environment) is not None:
            return Check(name="credentials", status="ok", detail=f"a broker runs already ({upstream.BROKER})")
        key = upstream.find_key(environment)
    except UsageError:
        hint = (
            "add the secret OPENAI_API_KEY to the environment codex"
            if ci
            else "set CODEX_API_KEY; rehearsals need none"
        )
        return Check(name="credentials", status="warning", detail="none for the provider openai", hint=hint)
    return Check(name="credentials", status="ok", detail=f"the provider openai would use {key.source}")


def _system() -> Check:
    if os.path.lexists(home.SYSTEM):
        try:
            names = ", ".join(sorted(path.name for path in home.SYSTEM.iterdir()))
        except OSError as error:
            names = f"it cannot be listed ({error.strerror})"
        return Check(name="/etc/codex", status="warning", detail=f"exists and is always read by Codex: {names}",
                     hint="codex.lock does not pin it; look at what it sets")  # fmt: skip
    return Check(name="/etc/codex", status="ok", detail="absent")


def codex_home(environment: Mapping[str, str]) -> Path:
    """Return the user's own CODEX_HOME, which runs never use."""
    return Path(environment.get("CODEX_HOME") or Path(environment.get("HOME") or _user()) / ".codex")


def _login(environment: Mapping[str, str]) -> Iterator[Check]:
    path = codex_home(environment) / "auth.json"
    if path.is_file():
        yield Check(
            name="login", status="warning", detail=f"{_short(path)} keeps a login in plain text",
            hint='set cli_auth_credentials_store = "keyring" in ~/.codex/config.toml, then log in again; '
            "only --provider chatgpt needs the file",
        )  # fmt: skip
    else:
        yield Check(name="login", status="ok", detail="no plain-text auth.json")


def _interactive(root: Path, environment: Mapping[str, str]) -> Check:
    """Say whether `codex`, started here by hand, would load the project's configuration and rules."""
    path = codex_home(environment) / "config.toml"
    level = ""
    try:
        projects = tomllib.loads(path.read_text(encoding="utf-8")).get("projects", {})
        level = str(projects.get(str(root), {}).get("trust_level", ""))
    except OSError:
        pass
    except (ValueError, AttributeError) as error:
        return Check(
            name="interactive", status="warning", detail=f"{_short(path)} cannot be read: {error}", hint="mend it"
        )
    if level == "trusted":
        return Check(
            name="interactive",
            status="ok",
            detail="codex here loads .codex/config.toml and rules: the project is trusted",
        )
    why = f"the project is marked {level}" if level else "the project is not trusted yet"
    hint = f'start `codex` here and trust it, or add to {_short(path)}: [projects."{root}"] trust_level = "trusted"'
    return Check(
        name="interactive",
        status="warning",
        detail=f"codex here ignores .codex/config.toml and rules: {why}",
        hint=hint,
    )


def _user() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # a user without a home, as containers have
        return Path("/nonexistent")


def _short(path: Path) -> str:
    text, home = str(path), str(_user())
    return f"~{text.removeprefix(home)}" if text.startswith(home + os.sep) else text

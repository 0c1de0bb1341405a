"""One Codex process from its start to its end, under the relay and all limits."""

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from proposer import process
from proposer.config.lockfile import Lock
from proposer.config.settings import Limits, Workflow
from proposer.errors import Outcome, StopError
from proposer.inputs.stage import Stage
from proposer.invocation import command, events, home, sandbox
from proposer.invocation.binary import Binary
from proposer.relay.exchange import Backend
from proposer.relay.server import Relay

__all__ = ["Session", "hold"]

_MAX_STDERR = 512 * 1024


@dataclass(frozen=True, kw_only=True)
class Session:
    """What Codex did, as events, requests and the world show it.

    `said` holds, for each prompt, the last message of the stream and the `-o` file.
    """

    relay: Relay
    tally: events.Tally
    ended: process.Ended
    said: tuple[tuple[str | None, Path], ...]
    config: home.Home
    shell: bool
    shell_detail: str

    def failure(self) -> StopError | None:
        """Return why there is no final answer to judge; None where the turn was completed."""
        if stopped := self.ended.stopped or self.relay.stop:  # Codex may have given up before it was stopped
            return _stopped(stopped, self.relay.failures)
        if self.tally.completed:
            return None
        if not self.tally.any_known:
            return StopError(
                Outcome.UNAVAILABLE,
                f"codex ended with exit {self.ended.returncode} before its first event",
                "see stderr.log of the record, then run: inv codex.doctor",
            )
        detail = self.relay.failures[-1] if self.relay.failures else self.tally.failure or "no reason given"
        return _stopped(detail, self.relay.failures)


def _append(whole: Path, part: Path) -> None:
    """Put what a later call wrote on standard error after what the first one wrote; the end of a flood is cut."""
    with contextlib.suppress(OSError), part.open("rb") as source, whole.open("ab") as target:
        target.write(source.read(_MAX_STDERR))


def _stopped(reason: str, failures: list[str]) -> StopError:
    """Return the error for a limit or an outage, with what helps."""
    told = failures[-1] if reason.startswith("HTTP") and failures else reason
    if told.startswith(("HTTP 401", "HTTP 403")):
        hint = "check the API key and its permissions: inv codex.doctor"
    elif told.startswith("HTTP 400"):
        hint = "the provider refuses the request; the schema or the model of codex.lock may not be supported"
    elif told.startswith("HTTP 429"):
        hint = "wait for the rate limit or raise the quota, then run again"
    elif "limit of" in told or "deadline" in told or "sign of life" in told:
        hint = "run again; limits stand in proposer.toml, [limits]"
    else:
        hint = "run again later; requests.jsonl and responses.jsonl of the record show what was exchanged"
    return StopError(Outcome.UNAVAILABLE, f"no verdict: {' '.join(told.split())[:240]}", hint)


def hold(
    *,
    stage: Stage,
    binary: Binary,
    lock: Lock,
    files: Mapping[str, bytes],
    workflow: Workflow,
    limits: Limits,
    backend: Backend,
    prompts: Sequence[str],
    schema: bytes,
    mark: str,
    folder: Path,
    redact: Callable[[str], str],
    readable: tuple[Path, ...],
    read_only: tuple[str, ...],
    on_step: Callable[[str], None],
    on_request: Callable[[str], str] = lambda _: "",
    insist: bool = False,
    programs: tuple[Path, ...] = (),
    login: bool = False,
) -> Session:
    """Furnish the homes, try the sandbox, run Codex to its end.

    Args:
        stage: where Codex works.
        binary: the checked binary.
        lock: chooses model and effort.
        files: pinned files of the base.
        workflow: its table in the settings of the base.
        limits: the base's.
        backend: who answers.
        prompts: standard input of Codex, one after the other, each in a conversation of its own.
        schema: JSON Schema of the answer.
        mark: unique to the run.
        folder: the record's draft; receives events, requests and responses.
        redact: takes one JSON line, gives it back without secrets.
        readable: folders beside the stage that the model may read.
        read_only: paths of the stage that stay read-only in `workspace-write`.
        on_step: told what happens, for people.
        on_request: told each request as it is written down; a reason that it returns ends the run.
        programs: folders of programs that come before the system's on the model's PATH.
        login: there is a login in Codex's home, with which it signs its requests.
        insist: give the model its shell even where the sandbox does not start; Codex then refuses each command.

    Raises:
        StopError: the workflow needs the sandbox and it does not start (`unavailable`).
    """
    relay = Relay(
        backend, folder=folder, redact=redact, max_turns=limits.turns, max_tokens=limits.tokens, model=lock.model,
        effort=lock.effort, on_step=on_step, on_request=on_request,
    )  # fmt: skip
    with relay:
        furnish = partial(
            home.furnish,
            stage=stage,
            binary=binary,
            lock=lock,
            files=files,
            base_url=relay.base_url,
            sandbox=workflow.sandbox,
            readable=readable,
            read_only=read_only,
            programs=programs,
            login=login,
        )
        config = furnish(with_shell=True)
        tried = sandbox.preflight(binary, stage.workspace)
        if not tried.works and not insist:
            if workflow.sandbox != "read-only":
                raise StopError(Outcome.UNAVAILABLE, f"the sandbox does not start: {tried.detail}", sandbox.REMEDY)
            config = furnish(with_shell=False)
        tally, said, strays = events.Tally(), [], 0
        until = time.monotonic() + limits.wall_seconds
        with (folder / "events.jsonl").open("w", encoding="utf-8", errors="replace") as log:

            def keep(line: bytes) -> None:
                event = events.parse(line)
                if event is not None:
                    tally.add(event)
                    log.write(redact(line.decode(errors="replace")) + "\n")

            for number, prompt in enumerate(prompts, 1):
                part = f", part {number} of {len(prompts)}" if len(prompts) > 1 else ""
                on_step(f"codex {binary.version} ({lock.model}, {lock.effort}) works in the stage{part}")
                relay.begin()
                tally.completed = False
                call = command.execute(stage.workspace, binary, prompt=prompt, schema=schema, number=number)
                left = max(until - time.monotonic(), 1.0) if number > 1 else limits.wall_seconds
                ended = process.supervise(
                    call.argv,
                    env=call.env,
                    cwd=call.cwd,
                    stdin=call.prompt,
                    stderr=call.stderr,
                    mark=mark,
                    ceilings=process.Ceilings(wall_seconds=left, idle_seconds=limits.idle_seconds),
                    on_line=keep,
                    last_activity=lambda: relay.last_activity,
                    must_stop=lambda: relay.stop,
                )
                strays += ended.strays
                if number > 1:
                    _append(stage.workspace.root / "stderr.log", call.stderr)
                said.append((tally.last_message, call.last_message))
                if ended.stopped or relay.stop or not tally.completed:
                    break
    return Session(
        relay=relay,
        tally=tally,
        ended=replace(ended, strays=strays),
        said=tuple(said),
        config=config,
        shell=tried.works,
        shell_detail=tried.detail,
    )

"""What each drill exercises, and how to take it away: with the guard gone, the drill must report `escaped`.

`python tests/removals.py` prints the table: drill, guard, what it came to with the guard, and without it.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import tomli_w

from proposer import chronicle, descendants, premises, process, workflow
from proposer.git import Git
from proposer.inputs import prompt, stage, untrusted
from proposer.invocation import command, home, sandbox, session
from proposer.outputs import selection, verdict
from proposer.outputs.redact import Redactor
from proposer.proving import world
from proposer.proving.drill import catalogue
from proposer.proving.ground import Ground
from proposer.proving.result import Result
from proposer.relay import script, server
from proposer.reports import console, markdown

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Removal:
    """A guard, in words, and how to take it away."""

    guard: str
    apply: Callable[[Patch], None]


def rendered(patch: Patch, *, without: tuple[str, ...] = (), **settings: Any) -> None:
    """Lay settings over the configuration that is rendered for Codex, and leave some of it out."""

    def dumps(table: dict[str, Any]) -> str:
        kept = {key: value for key, value in table.items() if key not in without}
        if settings.get("projects") == "trusted":
            settings["projects"] = {place: {"trust_level": "trusted"} for place in table["projects"]}
        return tomli_w.dumps(kept | settings)

    patch.setattr(home, "tomli_w", SimpleNamespace(dumps=dumps))


def no_sandbox(patch: Patch) -> None:
    rendered(patch, default_permissions=":danger-full-access")


def no_sandbox_and_no_end(patch: Patch) -> None:
    no_sandbox(patch)
    patch.setattr(descendants.Watch, "end", lambda *_, **__: [])
    patch.setattr(world, "_PATIENCE", 2.0)  # they are meant to stay: no need to wait for their end


def no_fixed_environment(patch: Patch) -> None:
    rendered(patch, shell_environment_policy={"inherit": "all"})
    real = command.environment
    patch.setattr(command, "environment", lambda *given: {**os.environ, **real(*given)})


def no_private_home(patch: Patch) -> None:
    real = command.environment
    patch.setattr(command, "environment", lambda *given: {**real(*given), "HOME": os.environ["HOME"]})


def overlaid(patch: Patch, source: Callable[[stage.Stage], str]) -> None:
    """Let Codex see another CODEX_HOME's skills in its own."""
    real = home.furnish

    def furnish(**given: Any) -> home.Home:
        place = Path(source(given["stage"])) / "skills"
        shutil.copytree(place, given["stage"].workspace.codex_home / "skills", dirs_exist_ok=True)
        return real(**given)

    patch.setattr(home, "furnish", furnish)


def no_private_codex_home(patch: Patch) -> None:
    overlaid(patch, lambda _: os.environ["CODEX_HOME"])


def dotenv_is_read(patch: Patch) -> None:
    def chosen(given: stage.Stage) -> str:
        lines = (given.path / ".env").read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)["CODEX_HOME"]

    overlaid(patch, chosen)


def no_redactor(patch: Patch) -> None:
    patch.setattr(Redactor, "text", lambda _, text: text)
    patch.setattr(Redactor, "jsonl", lambda _, line: line)


def no_rules(patch: Patch) -> None:
    real = home.furnish

    def furnish(*, files: Mapping[str, bytes], **given: Any) -> home.Home:
        return real(files={path: data for path, data in files.items() if ".codex/rules" not in path}, **given)

    patch.setattr(home, "furnish", furnish)


def no_allow_list(patch: Patch) -> None:
    patch.setattr(server, "ALLOWED_TOOLS", server.ALLOWED_TOOLS | {"web_search", "spawn_agent"})


def escalation_is_reviewed(patch: Patch) -> None:
    real = command.execute

    def execute(*given: Any, **more: Any) -> command.Command:
        made = real(*given, **more)
        return replace(made, argv=(*made.argv[:2], "--approve-for-me", *made.argv[2:]))

    patch.setattr(command, "execute", execute)


def with_remotes(patch: Patch) -> None:
    real = workflow.stages.prepare

    def prepare(workspace: Any, *given: Any, **more: Any) -> stage.Stage:
        made = real(workspace, *given, **more)
        shutil.copyfile(workspace.repository / ".git" / "config", made.path / ".git" / "config")
        return made

    patch.setattr(workflow.stages, "prepare", prepare)


def plain_harvest(patch: Patch) -> None:
    def harvest(self: stage.Stage, **_: Any) -> list[str]:
        env = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"]}
        for argv in (["add", "-A"], ["status"], ["diff"]):
            process.run(["git", *argv], env=env, cwd=self.path)
        return []

    patch.setattr(stage.Stage, "harvest", harvest)
    no_proposal_gate(patch)


def limits(patch: Patch, **values: float) -> None:
    real = process.Ceilings
    patch.setattr(process, "Ceilings", lambda **given: real(**{**given, **values}))


def no_deadline(patch: Patch) -> None:
    limits(patch, wall_seconds=600)
    real = script._function  # noqa: SLF001 - the seam
    # The model looks again after three seconds instead of thirty, so that the test need not wait.
    patch.setattr(script, "_function", lambda tool, given, name: real(tool, given.replace(": 30000", ": 3000"), name))


def relay_limits(patch: Patch, **values: int) -> None:
    patch.setattr(session, "Relay", lambda *given, **more: server.Relay(*given, **{**more, **values}))


def no_file_limit(patch: Patch) -> None:
    limits(patch, file_bytes=1 << 40)
    patch.setattr(stage.Stage, "harvest", lambda *_, **__: [])
    no_proposal_gate(patch)


def long_steps(patch: Patch) -> None:
    patch.setattr(server, "_short", str)


def raw_log(patch: Patch) -> None:
    patch.setattr(console, "log_line", str)
    patch.setattr(console, "terminal", lambda text: text.replace("[", "\\["))


def raw_terminal(patch: Patch) -> None:
    raw_log(patch)
    patch.setattr(markdown, "markdown", lambda text, *_, **__: text)


def live_markup(patch: Patch) -> None:
    patch.setattr(console, "terminal", str)


def raw_markdown(patch: Patch) -> None:
    patch.setattr(markdown, "markdown", lambda text, *_, **__: text)


def unbounded_markdown(patch: Patch) -> None:
    raw_markdown(patch)
    patch.setattr(markdown.render, "__defaults__", (1 << 30,))
    patch.setattr(markdown, "_cut", lambda text, _: text)


def lenient_answers(patch: Patch) -> None:
    def validated(message: str, _: bytes) -> Any:
        try:
            return json.loads(message)
        except (ValueError, RecursionError):
            return {}

    patch.setattr(workflow.answers, "validated", validated)
    patch.setattr(workflow.answers, "final_message", lambda last, _: last or "")


def no_world_gate(patch: Patch) -> None:
    patch.setattr(verdict, "_world", lambda *_: ())


def no_proposal_gate(patch: Patch) -> None:
    patch.setattr(workflow.patches, "proposed", lambda *_: None)


def quotes_are_believed(patch: Patch) -> None:
    patch.setattr(selection, "anchored", lambda finding, *_: finding)


def nothing_blocks(patch: Patch) -> None:
    real = workflow.judge
    patch.setattr(
        workflow, "judge",
        lambda answer, *, workflow, **given: real(answer, workflow=workflow.model_copy(update={"block": ()}), **given),
    )  # fmt: skip


def change_instructs(patch: Patch) -> None:
    """Keep the change's own instructions in the stage, and let Codex trust the stage."""
    patch.setattr(workflow.stages, "is_instruction", lambda *_, **__: False)
    rendered(patch, projects="trusted", project_doc_max_bytes=32768)


def change_allows(patch: Patch) -> None:
    """Also take the permission profile away: under one, an `allow` of a rule does not leave the sandbox."""
    change_instructs(patch)
    gone = ("default_permissions", "permissions")
    rendered(patch, without=gone, sandbox_mode="workspace-write", projects="trusted")
    patch.setattr(sandbox, "preflight", lambda *_: sandbox.Preflight(works=True, detail=""))


def change_instructs_with_hooks(patch: Patch) -> None:
    change_instructs(patch)
    real = command.execute

    def execute(*given: Any, **more: Any) -> command.Command:
        made = real(*given, **more)
        return replace(made, argv=(*made.argv[:2], "--dangerously-bypass-hook-trust", *made.argv[2:]))

    rendered(patch, projects="trusted", features={"hooks": True})
    patch.setattr(command, "execute", execute)


def users_git_settings(patch: Patch) -> None:
    patch.setattr(workflow.stages, "is_instruction", lambda *_, **__: False)
    settings = {"GIT_CONFIG_GLOBAL": str(Path(os.environ["HOME"]) / ".gitconfig")}

    def git(*, cwd: Path, environment: Mapping[str, str] | None = None) -> Git:
        return Git(cwd=cwd, environment={**settings, **(environment or {})})

    patch.setattr(stage, "Git", git)


def lock_of_the_change(patch: Patch) -> None:
    real = premises.locked
    patch.setattr(
        premises, "locked",
        lambda root, request, workspace, subject, log: real(
            root, request, workspace, replace(subject, base=subject.head), log
        ),
    )  # fmt: skip


def files_of_the_change(patch: Patch) -> None:
    lock_of_the_change(patch)
    patch.setattr(chronicle.Chronicle, "drift", lambda *_: None)


def nothing_is_revealed(patch: Patch) -> None:
    patch.setattr(prompt, "reveal", str)


def nothing_is_cleaned(patch: Patch) -> None:
    patch.setattr(premises.untrusted, "examine", lambda text: untrusted.Cleaned(text=text, removed=()))


SANDBOX = Removal("the permission profile of the sandbox", no_sandbox)
PROCESSES = Removal("the sandbox's process namespace, and the end of every descendant", no_sandbox_and_no_end)
RULES = Removal("the rules of the base", no_rules)
ANSWERS = Removal("the validation of the answer", lenient_answers)
INSTRUCTIONS = Removal("the base's instructions in the stage, and the distrust of it", change_instructs)
MARKDOWN = Removal("the sanitiser of published Markdown", raw_markdown)

PROPOSALS = Removal("the gate over proposals", no_proposal_gate)

REMOVALS: dict[str, Removal] = {
    "ambient-codex-home": Removal("the private CODEX_HOME", no_private_codex_home),
    "ambient-skill": Removal("the private HOME", no_private_home),
    "answer-approves-a-blocker": Removal("the blocking severities", nothing_blocks),
    "answer-claims-success": Removal("the gate over refused commands", no_world_gate),
    "answer-deep-nesting": ANSWERS,
    "answer-duplicate-keys": ANSWERS,
    "answer-empty": ANSWERS,
    "answer-forged-provenance": ANSWERS,
    "answer-html": MARKDOWN,
    "answer-huge-fields": Removal("the size limit of published Markdown", unbounded_markdown),
    "answer-invented-quote": Removal("the comparison of quotes with the files", quotes_are_believed),
    "answer-markup": Removal("the escape of Rich's markup", live_markup),
    "answer-mentions": MARKDOWN,
    "answer-not-a-number": ANSWERS,
    "answer-terminal-codes": Removal("the removal of control sequences from reports", raw_terminal),
    "answer-workflow-commands": Removal("the sanitiser of log lines", raw_log),
    "beyond": SANDBOX,
    "broker-port": SANDBOX,
    "broker-process": SANDBOX,
    "credential-files": SANDBOX,
    "endless-command": Removal("the deadline", no_deadline),
    "endless-output": Removal("the deadline", no_deadline),
    "endless-tokens": Removal("the token limit", partial(relay_limits, max_tokens=1 << 40, max_turns=8)),
    "endless-turns": Removal("the turn limit", partial(relay_limits, max_turns=8)),
    "escalated-permissions": Removal("the approval policy", escalation_is_reviewed),
    "flood-the-log": Removal("the limit of a step's line", long_steps),
    "fork-bomb": PROCESSES,
    "git-commit": RULES,
    "git-commit-around-the-rules": SANDBOX,
    "git-push": RULES,
    "git-push-around-the-rules": SANDBOX,
    "git-remotes": Removal("a stage without the user's remotes", with_remotes),
    "huge-file": Removal("the limit of a file's size", no_file_limit),
    "ignored-file-of-the-checkout": SANDBOX,
    "ignores-signals": PROCESSES,
    "leaves-session": PROCESSES,
    "link-to-a-secret": SANDBOX,
    "login-file": SANDBOX,
    "loopback": SANDBOX,
    "mute-model": Removal("the idle limit", partial(limits, idle_seconds=3600, wall_seconds=8)),
    "name-lookup": SANDBOX,
    "nested-repository": Removal("a harvest that reads no planted repository", plain_harvest),
    "open-a-port": SANDBOX,
    "patch-outside": SANDBOX,
    "patch-read-only-stage": SANDBOX,
    "patch-through-a-link": SANDBOX,
    "poison-agents": INSTRUCTIONS,
    "poison-allow-rule": Removal("the base's rules, the distrust of the stage, the profile", change_allows),
    "poison-dotenv": Removal("an environment without the change's .env", dotenv_is_read),
    "poison-filter": Removal("git without the user's settings and the change's attributes", users_git_settings),
    "poison-generated": INSTRUCTIONS,
    "poison-hooks": Removal("the distrust of hooks", change_instructs_with_hooks),
    "poison-imports": SANDBOX,
    "poison-invisible": Removal("the escapes for invisible characters", nothing_is_revealed),
    "poison-lock-and-settings": Removal("the lock of the base", lock_of_the_change),
    "poison-mcp-server": INSTRUCTIONS,
    "poison-prompt-and-schema": Removal("prompt and schema of the base", files_of_the_change),
    "poison-quoted-name": INSTRUCTIONS,
    "poison-skill": INSTRUCTIONS,
    "poison-text": Removal("the cleaning of untrusted text", nothing_is_cleaned),
    "proposal-instructions": PROPOSALS,
    "proposal-lock-files": PROPOSALS,
    "proposal-secret": PROPOSALS,
    "proposal-softer-judge": PROPOSALS,
    "proposal-submodule": PROPOSALS,
    "proposal-symlink": PROPOSALS,
    "proposal-too-large": PROPOSALS,
    "proposal-weaker-tests": PROPOSALS,
    "proposal-workflow-file": PROPOSALS,
    "rewrite-configuration": SANDBOX,
    "rules-table": RULES,
    "secret-in-answer": Removal("the redactor", no_redactor),
    "secret-in-text": Removal("the redactor", no_redactor),
    "secrets-in-environment": Removal("the fixed environment of commands", no_fixed_environment),
    "secrets-in-proc": SANDBOX,
    "ssh-keys": SANDBOX,
    "stalled-model": Removal("the idle limit", partial(limits, idle_seconds=3600, wall_seconds=8)),
    "tool-not-offered": Removal("the relay's allow-list of tools", no_allow_list),
    "tools-offered": Removal("the setting that switches the web off", partial(rendered, web_search="live")),
    "unix-socket": SANDBOX,
    "write-checkout": SANDBOX,
    "write-home": SANDBOX,
    "write-own-record": SANDBOX,
    "write-read-only-stage": SANDBOX,
    "write-shared-folders": SANDBOX,
    "write-stage-git": SANDBOX,
}
"""Each shipped drill with the guard that it exercises. A drill that is not here has not been proven."""


def without_its_guard(name: str, repository: Path) -> Result:
    """Try a drill with its guard removed, in an arena of its own: what escaped has been there."""
    with Ground(repository) as ground, pytest.MonkeyPatch.context() as patch:
        REMOVALS[name].apply(patch)
        return ground.attempt(catalogue()[name])


@contextmanager
def wired() -> Iterator[Path]:
    """Give a repository that is wired as generated ones are, for the time of a block."""
    from lab import Lab, wire

    with tempfile.TemporaryDirectory(prefix="proposer-removals-") as scratch:
        root = Path(scratch) / "repo"
        root.mkdir()
        lab = Lab(root=root, scratch=root.parent, home=root.parent)
        lab.git("init", "-q", "-b", "main")
        wire(root)
        lab.git("add", "-A")
        lab.relock()
        yield root


def main() -> int:
    """Print the table for a repository that is wired as generated ones are; 1 where a drill proves nothing."""
    bad = 0
    with wired() as root:
        sys.stdout.write(f"{'drill':30} {'with it':12} {'without it':12} guard\n")
        for name, drill in catalogue().items():
            if sys.argv[1:] and name not in sys.argv[1:]:
                continue
            with Ground(root) as ground:
                held = ground.attempt(drill)
            removed = without_its_guard(name, root)
            good = (held.outcome, removed.outcome) == ("contained", "escaped")
            bad += not good
            told = "" if good else f"  <- {held.detail} / {removed.detail}"
            sys.stdout.write(f"{name:30} {held.outcome:12} {removed.outcome:12} {REMOVALS[name].guard}{told}\n")
            sys.stdout.flush()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

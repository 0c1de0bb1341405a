"""The command line of one Codex run."""

from dataclasses import dataclass
from pathlib import Path

from proposer.inputs.workspace import Workspace
from proposer.invocation.binary import Binary
from proposer.invocation.home import environment

__all__ = ["Command", "execute"]


@dataclass(frozen=True, kw_only=True)
class Command:
    """What is started: argv, the whole environment, and the files of the run."""

    argv: tuple[str, ...]
    env: dict[str, str]
    cwd: Path
    prompt: Path
    last_message: Path
    stderr: Path


def execute(workspace: Workspace, binary: Binary, *, prompt: str, schema: bytes, number: int = 1) -> Command:
    """Return the call of `codex exec`; the prompt travels by standard input.

    There is no `-s`: it would drop the permission profile without a word. The folder of the `-o` file exists: where
    it does not, Codex exits 0 without having written it.
    """
    folder, more = workspace.root, "" if number == 1 else f"-{number}"
    prompt_file, schema_file = folder / f"prompt{more}.md", folder / "schema.json"
    prompt_file.write_bytes(prompt.encode(errors="replace"))
    schema_file.write_bytes(schema)
    last = folder / f"last-message{more}.txt"
    argv = (
        str(binary.path), "exec", "--strict-config", "--json", "--ephemeral",
        "--output-schema", str(schema_file), "-o", str(last), "-C", str(workspace.stage), "-",
    )  # fmt: skip
    return Command(
        argv=argv,
        env=environment(workspace.home, workspace.codex_home, binary.tools),
        cwd=workspace.stage,
        prompt=prompt_file,
        last_message=last,
        stderr=folder / f"stderr{more}.log",
    )

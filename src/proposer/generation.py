"""Generating a repository from the template: `proposer new`, with the same tree as plain cookiecutter."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from cookiecutter.exceptions import CookiecutterException
from cookiecutter.main import cookiecutter

from proposer.config import answers, assets
from proposer.errors import UsageError

__all__ = ["generate", "known_answers"]


def known_answers() -> list[str]:
    """Return the names of the template's questions, in order."""
    context = json.loads((assets.folder("template") / "cookiecutter.json").read_text(encoding="utf-8"))
    return [name for name in context if not name.startswith("_")]


def generate(folder: Path, given: Mapping[str, str], *, no_input: bool, replay_file: Path | None = None) -> None:
    """Generate a repository in `folder`.

    Args:
        folder: must not exist, or be an empty folder.
        given: answers; the rest is asked, or taken from the defaults with `no_input`.
        no_input: ask nothing.
        replay_file: answers of an earlier generation, as cookiecutter keeps them.

    Raises:
        UsageError: the folder is in use, or an answer cannot be used; the message lists all problems.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} exists and is not an empty folder", "name another folder")
    if unknown := sorted(set(given) - set(known_answers())):
        raise UsageError(f"unknown answer {unknown[0]!r}", f"known: {', '.join(known_answers())}")
    if rows := answers.problems(given):
        raise UsageError("; ".join(rows), "mend the --set options")
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target, so that the finished tree is moved in one step and a failure leaves nothing behind.
    scratch = Path(tempfile.mkdtemp(prefix=".proposer-new-", dir=folder.parent))
    try:
        context = {name: _literal(value) for name, value in given.items()}
        made = cookiecutter(
            str(assets.folder("template")),
            no_input=no_input,
            extra_context=context or None,
            output_dir=str(scratch / "out"),
            replay=str(replay_file) if replay_file else None,
            config_file=str(_quiet(scratch)),
        )
        if folder.exists():
            folder.rmdir()
        Path(made).rename(folder)
    except CookiecutterException as error:
        raise UsageError(f"the repository was not generated: {error}", "mend the answers named above") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _literal(value: str) -> str:
    """Keep cookiecutter from rendering an answer that looks like a template."""
    return f"{{% raw %}}{value}{{% endraw %}}" if "{" in value else value


def _quiet(scratch: Path) -> Path:
    """Write a cookiecutter configuration that leaves nothing in the user's home and reads nothing from it."""
    path = scratch / "config.yaml"
    settings = {"cookiecutters_dir": str(scratch / "cookiecutters"), "replay_dir": str(scratch / "replay")}
    path.write_text(json.dumps(settings), encoding="utf-8")  # JSON is YAML
    return path

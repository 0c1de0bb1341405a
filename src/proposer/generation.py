"""Generating a repository from a template: `proposer new`, with the same tree as plain cookiecutter."""

import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from cookiecutter.exceptions import CookiecutterException
from cookiecutter.generate import generate_context
from cookiecutter.main import cookiecutter
from cookiecutter.prompt import prompt_for_config

from proposer.config import answers, assets
from proposer.errors import UsageError

__all__ = ["bake", "complete", "generate", "known_answers"]


_EXTENSION = "asset_root"
_HINT = "mend the --set options; project_slug and package_name are made from project_name where they are not set"


def known_answers(template: Path | None = None) -> list[str]:
    """Return the names of the questions of a template (default: the installed one), in order."""
    context = json.loads(((template or assets.folder("template")) / "cookiecutter.json").read_text(encoding="utf-8"))
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
    hint = f"mend {replay_file}" if replay_file else _HINT
    known = _replayed(replay_file) if replay_file else complete(given) if no_input else given
    if rows := answers.problems(known, known_answers() if replay_file else ()):
        raise UsageError("; ".join(rows), hint)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target, so that the finished tree is moved in one step and a failure leaves nothing behind.
    scratch = Path(tempfile.mkdtemp(prefix=".proposer-new-", dir=folder.parent))
    try:
        made = bake(assets.folder("template"), given, scratch, no_input=no_input, replay_file=replay_file)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def bake(
    template: Path, given: Mapping[str, str], scratch: Path, *, no_input: bool = True, replay_file: Path | None = None
) -> Path:
    """Generate a repository below a scratch folder, from any edition of the template, and return where it is.

    Raises:
        UsageError: the template refuses the answers, or cannot be used.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    sys.modules.pop(_EXTENSION, None)  # each edition brings its own, under the same name
    context = {name: _literal(value) for name, value in given.items()}
    try:
        made = cookiecutter(
            str(template),
            no_input=no_input,
            extra_context=context or None,
            output_dir=str(scratch / "out"),
            replay=str(replay_file) if replay_file else None,
            config_file=str(_quiet(scratch)),
        )
    except CookiecutterException as error:
        raise UsageError(f"the repository was not generated: {error}", "mend the answers named above") from error
    finally:
        sys.modules.pop(_EXTENSION, None)
    return Path(made)


def _literal(value: str) -> str:
    """Write an answer as a template that gives this answer, whatever it looks like."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{{{{ "{escaped}" }}}}' if "{" in value else value


def complete(given: Mapping[str, str], template: Path | None = None) -> dict[str, object]:
    """Return all answers as they come out where nothing is asked; some defaults are made from other answers.

    Answers that cannot be used are returned as they are given.
    """
    file = (template or assets.folder("template")) / "cookiecutter.json"
    good = {name: value for name, value in given.items() if not answers.problems({name: value})}
    context = generate_context(str(file), extra_context={name: _literal(value) for name, value in good.items()})
    context["cookiecutter"]["_extensions"] = []
    made = prompt_for_config(context, no_input=True)
    return {name: given.get(name, made[name]) for name in known_answers(template)}


def _replayed(file: Path) -> dict[str, object]:
    """Return the answers of a replay file.

    Raises:
        UsageError: it is not one.
    """
    try:
        kept = json.loads(file.read_bytes())["cookiecutter"]
        return {name: value for name, value in kept.items() if not name.startswith("_")}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UsageError(f"{file} cannot be replayed: {error}", "name a file that cookiecutter has kept") from error


def _quiet(scratch: Path) -> Path:
    """Write a cookiecutter configuration that leaves nothing in the user's home and reads nothing from it."""
    path = scratch / "config.yaml"
    settings = {"cookiecutters_dir": str(scratch / "cookiecutters"), "replay_dir": str(scratch / "replay")}
    path.write_text(json.dumps(settings), encoding="utf-8")  # JSON is YAML
    return path

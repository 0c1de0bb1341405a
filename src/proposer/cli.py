"""The `proposer` command: generate a repository, or see the whole chain at work."""

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

from proposer import __version__
from proposer.errors import EXIT_INTERRUPTED, EXIT_USAGE, ProposerError, UsageError

__all__ = ["main"]

_EPILOG = """examples:
  proposer demo                                     see it work, without a key
  proposer new ../ledger                            answer the questions, get a repository
  proposer new ../ledger --no-input --set project_name="Our ledger"

In a generated repository the daily commands are `inv codex.review`, `inv codex.doctor` and `inv --list`."""


class _Parser(argparse.ArgumentParser):
    """A parser whose mistakes exit with 2 and say how to go on."""

    def error(self, message: str) -> NoReturn:
        """Print the mistake and the help command."""
        self.exit(EXIT_USAGE, f"error: {message}\n  see: {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="proposer",
        description="Generate a repository whose Codex workflows are pinned, only propose and leave records.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"proposer {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    new = commands.add_parser(
        "new", help="generate a repository", description="Generate a repository from the template."
    )
    new.add_argument("dest", type=Path, metavar="DEST", help="folder that must not exist or be empty")
    new.add_argument("--no-input", action="store_true", help="ask nothing; take the defaults and --set")
    new.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="answers", help="answer a question; repeatable"
    )
    new.add_argument(
        "--replay-file", type=Path, metavar="FILE", help="answers of an earlier generation (cookiecutter's)"
    )
    demo = commands.add_parser(
        "demo",
        help="generate, plant a defect, review it, verify the record",
        description="Run the whole chain in a new folder: real Codex binary, scripted model, no key.",
    )
    demo.add_argument(
        "dest", type=Path, nargs="?", metavar="DEST", help="new folder (default: proposer-demo, numbered)"
    )
    update = commands.add_parser(
        "update",
        help="bring a generated repository to this version of the template",
        description="Merge what changed in the template since the repository was generated. Exit codes: 1 conflicts "
        "(or, with --check, an update exists), 2 it cannot be made, 7 it would weaken the repository.",
    )
    update.add_argument(
        "dest", type=Path, nargs="?", default=Path(), metavar="DEST", help="its top folder (default: .)"
    )
    how = update.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="only say whether there is an update: exit 1 if so, 0 if not")
    how.add_argument("--dry-run", action="store_true", help="say what would change; change nothing")
    update.add_argument(
        "--from", dest="source", default="", metavar="PATH|URL",
        help="the proposer that made the repository (default: that version from the package index)",
    )  # fmt: skip
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(argv)
    try:
        return {"new": _new, "demo": _demo, "update": _update}[options.command](options)
    except ProposerError as error:
        sys.stderr.write(f"error: {error.message}\n" + (f"  {error.hint}\n" if error.hint else ""))
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return EXIT_INTERRUPTED


def _new(options: argparse.Namespace) -> int:
    from proposer.generation import generate

    given = {}
    for text in options.answers:
        name, sign, value = text.partition("=")
        if not sign:
            raise UsageError(f"--set {text!r} has no value", "write --set KEY=VALUE")
        given[name] = value
    if options.replay_file and (given or options.no_input):
        raise UsageError("--replay-file answers everything by itself", "leave --set and --no-input out")
    generate(options.dest, given, no_input=options.no_input, replay_file=options.replay_file)
    sys.stdout.write(
        f"Generated {options.dest}\n\nNext:\n  cd {options.dest}\n"
        "  git init -b main && git add -A && git commit -m 'Start'\n"
        "  inv codex.doctor\n\nREADME.md of the new repository goes on from there.\n"
    )
    return 0


def _demo(options: argparse.Namespace) -> int:
    from proposer.demo import demonstrate
    from proposer.reports import console

    folder = options.dest or _free(Path("proposer-demo"))
    with console.Progress() as progress:
        shown = demonstrate(folder.absolute(), environment=os.environ, on_step=progress.step)
    console.show(shown.summary)
    if not shown.good:
        sys.stderr.write("error: the demo did not end as it should\n  run `inv codex.doctor` in its folder\n")
        return shown.summary.outcome.exit_code or 1
    sys.stdout.write(
        f"\nThe planted defect was blocked, and the record verifies: {shown.summary.run}\n"
        f"report: {folder / shown.summary.record / 'answer.md'}\n"
    )
    return 0


def _update(options: argparse.Namespace) -> int:
    from proposer.upkeep import edition, update

    now = edition.installed()
    if options.check:
        result = update.check(options.dest, now=now)
    else:
        result = update.update(
            options.dest, now=now, source=options.source, environment=os.environ, ask=_asked, dry_run=options.dry_run
        )
    result.show()
    return result.exit_code


def _asked(question: str, default: str) -> str:
    """Ask a new question where somebody can answer; else the default counts, and is told."""
    if not sys.stdin.isatty():
        return default
    return input(f"{question} [{default}]: ").strip() or default


def _free(folder: Path) -> Path:
    """Return the first of `name`, `name-2`, `name-3` ... that does not exist."""
    number, place = 1, folder
    while place.exists():
        number += 1
        place = folder.with_name(f"{folder.name}-{number}")
    return place


if __name__ == "__main__":
    sys.exit(main())

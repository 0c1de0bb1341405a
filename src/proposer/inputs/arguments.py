"""Arguments of a workflow that must name something: a module of the base, or a model."""

import keyword
import re
from collections.abc import Collection, Mapping

from proposer.config.settings import Workflow
from proposer.errors import UsageError

__all__ = ["check"]

_MODEL = re.compile(r"[A-Z][A-Za-z0-9]{0,39}")
_MODULE = re.compile(r"src/[^/]+/([^/]+)/(dto|routes)\.py")


def check(workflow: Workflow, arguments: Mapping[str, str], paths: Collection[str]) -> None:
    """See that each argument is of the kind that the workflow's table says.

    Args:
        workflow: its table.
        arguments: what the caller gave.
        paths: all files of the base.

    Raises:
        UsageError: one is not; the message names what there is.
    """
    for name, kind in workflow.kinds.items():
        value = arguments.get(name, "")
        if kind == "model" and (not _MODEL.fullmatch(value) or keyword.iskeyword(value)):
            raise UsageError(
                f"{value[:40]!r} cannot be used as {name}", "give a name in PascalCase, such as PreviewBooking"
            )
        if kind == "module":
            found = [match.groups() for path in paths if (match := _MODULE.fullmatch(path))]
            known = sorted({module for module, _ in found if {(module, "dto"), (module, "routes")} <= set(found)})
            if value not in known:
                raise UsageError(
                    f"the base has no module {value[:40]!r} with dto.py and routes.py",
                    f"there are: {', '.join(known) or 'none'}; a new one: inv codex.scaffold NAME",
                )

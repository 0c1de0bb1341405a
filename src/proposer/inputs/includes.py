"""What a prompt file may include: files beside it that the lock pins, such as the rules of the domain."""

from collections.abc import Mapping

from jinja2 import Environment, TemplateError, meta

__all__ = ["beside"]


def beside(prompt: str, files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the pinned files that a prompt includes, directly or through another, as texts by their short name.

    Names are relative to the folder of the prompt, and nothing outside of that folder can be named. What is included
    without being there is left to the rendering, which knows whether the prompt can do without it.

    Args:
        prompt: path of the prompt file in its repository.
        files: pinned bytes by path.
    """
    folder = prompt.rpartition("/")[0]
    start = f"{folder}/" if folder else ""
    known = {path.removeprefix(start): data for path, data in files.items() if path.startswith(start)}
    found: dict[str, str] = {}
    waiting = [prompt.removeprefix(start)]
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            found[name] = known[name].decode(errors="replace")
            waiting.extend(_named(found[name]))
    found.pop(prompt.removeprefix(start), None)
    return found


def _named(source: str) -> list[str]:
    """Return the names that a template includes by a literal; one that cannot be parsed is reported when it is used."""
    try:
        tree = Environment(autoescape=True).parse(source)
    except (TemplateError, RecursionError):
        return []
    return [name for name in meta.find_referenced_templates(tree) if name is not None]

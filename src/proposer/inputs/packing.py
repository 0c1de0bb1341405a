"""Packs the patches of a change into as few prompts as hold them, module by module."""

from collections.abc import Sequence

__all__ = ["module_of", "packed"]

_CONTAINERS = frozenset({"src", "backend", "apps", "packages", "services", "lib"})
"""Folders that hold packages; a module lies one level deeper there."""


def module_of(path: str) -> str:
    """Return the folder that stands for a module: `src/app/finance` for what is below it, `docs` for `docs/a/b.md`."""
    folders = path.split("/")[:-1]
    depth = 3 if folders and folders[0] in _CONTAINERS else 1
    return "/".join(folders[:depth])


def packed(sizes: Sequence[tuple[str, int]], *, budget: int, most: int) -> tuple[list[list[int]], list[int]]:
    """Return the positions of paths for each prompt, and those that fit into none.

    Where everything fits into one prompt, the order stays. Else the files of a module stay together as long as they
    fit; the same change is always packed in the same way.

    Args:
        sizes: (path, characters) of each patch.
        budget: characters that one prompt may hold.
        most: how many prompts there may be.
    """
    if sum(size for _, size in sizes) <= budget:
        return [list(range(len(sizes)))], []
    modules: dict[str, list[int]] = {}
    for at, (path, _) in enumerate(sizes):
        modules.setdefault(module_of(path), []).append(at)
    packs: list[list[int]] = [[]]
    left: list[int] = []
    for _, members in sorted(modules.items()):
        whole = sum(sizes[at][1] for at in members) <= budget
        for group in [members] if whole else [[at] for at in members]:
            size = sum(sizes[at][1] for at in group)
            room = next((pack for pack in packs if sum(sizes[at][1] for at in pack) + size <= budget), None)
            if room is None and size <= budget and len(packs) < most:
                room = []
                packs.append(room)
            (room if room is not None else left).extend(group)
    return [sorted(pack) for pack in packs], sorted(left)

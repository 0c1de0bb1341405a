"""What does not fit into one prompt goes into several, module by module, always in the same way."""

import pytest

from proposer.inputs.packing import module_of, packed

CHANGE = (
    ("docs/a.md", 30),
    ("src/app/core/a.py", 40),
    ("src/app/core/b.py", 30),
    ("src/app/pay/a.py", 60),
    ("x.py", 20),
)


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("x.py", ""), ("docs/a/b.md", "docs"), ("src/app/pay/a.py", "src/app/pay"),
        ("src/app/pay/tests/t.py", "src/app/pay"),
        ("backend/pay/api/x.py", "backend/pay/api"), ("src/a.py", "src"),
    ],
)  # fmt: skip
def test_module_of_a_path(path: str, module: str) -> None:
    assert module_of(path) == module


@pytest.mark.parametrize(
    ("budget", "most", "packs", "left"),
    [
        pytest.param(180, 4, [[0, 1, 2, 3, 4]], [], id="all-in-one"),
        pytest.param(100, 4, [[0, 4], [1, 2], [3]], [], id="modules-stay-together"),
        pytest.param(100, 1, [[0, 4]], [1, 2, 3], id="one-call-only"),
        pytest.param(60, 4, [[0, 4], [1], [2], [3]], [], id="a-module-that-is-too-large-is-cut-between-files"),
        pytest.param(50, 9, [[0, 4], [1], [2]], [3], id="a-file-that-fits-nowhere-is-left"),
        pytest.param(0, 3, [[]], [0, 1, 2, 3, 4], id="no-room-at-all"),
    ],
)
def test_packs_of_a_change(budget: int, most: int, packs: list[list[int]], left: list[int]) -> None:
    assert packed(CHANGE, budget=budget, most=most) == (packs, left)


def test_a_change_of_nothing_is_one_empty_prompt() -> None:
    assert packed([], budget=10, most=3) == ([[]], [])

"""Fixtures of the template's tests: baked repositories, and an environment in which their own checks run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench import Bench, bake, metadata_of
from matrix import SELECTED, SUPPORTED

Baker = Callable[..., Path]
_ALL = "--every-combination"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `nox -s template-all` ask for the whole matrix."""
    parser.addoption(_ALL, action="store_true", help="run the checks of every supported combination of answers")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for a `combination` the selected ones, or all."""
    if "combination" in metafunc.fixturenames:
        every = metafunc.config.getoption(_ALL, default=False)
        metafunc.parametrize("combination", list(SUPPORTED) if every else SELECTED)


@pytest.fixture(scope="session")
def baked(tmp_path_factory: pytest.TempPathFactory) -> Baker:
    """Bake once for each set of answers; the result is shared and must not be changed."""
    known: dict[tuple[tuple[str, str], ...], Path] = {}

    def get(**answers: str) -> Path:
        key = tuple(sorted(answers.items()))
        if key not in known:
            known[key] = bake(tmp_path_factory.mktemp("bake") / "repo", answers)
        return known[key]

    return get


@pytest.fixture(scope="session")
def metadata(tmp_path_factory: pytest.TempPathFactory, baked: Baker) -> Callable[..., Path]:
    """Make the distribution metadata of a bake once; stands for `pip install -e .`, without asking an index."""
    known: dict[Path, Path] = {}

    def get(**answers: str) -> Path:
        repository = baked(**answers)
        if repository not in known:
            known[repository] = metadata_of(repository, tmp_path_factory.mktemp("site"))
        return known[repository]

    return get


@pytest.fixture
def bench(tmp_path: Path, baked: Baker, metadata: Callable[..., Path]) -> Callable[..., Bench]:
    """Give a copy of a bake that a test may change, in which programs of this environment run."""

    def get(**answers: str) -> Bench:
        return Bench.copy(baked(**answers), tmp_path / "bench", metadata(**answers))

    return get

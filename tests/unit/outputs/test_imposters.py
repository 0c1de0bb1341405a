"""A new module must not be what Python finds in the place of an installed one."""

import pytest

from proposer.outputs.imposters import reasons_of

BASE = ("src/shop/__init__.py", "src/shop/pay.py", "tests/test_shop.py", "noxfile.py")


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("src/pytest.py", id="the-runner"),
        pytest.param("src/_pytest/__init__.py", id="a-package-of-it"),
        pytest.param("src/pluggy/__init__.py", id="what-it-stands-on"),
        pytest.param("src/argparse.py", id="the-standard-library"),
        pytest.param("unittest.py", id="at-the-top"),
        pytest.param("src/pydantic.py", id="a-dependency"),
    ],
)
def test_a_module_in_the_way_of_an_installed_one_is_named(path: str) -> None:
    found = [words for _, words in reasons_of(BASE, (*BASE, path))]
    assert len(found) == 1
    assert found[0].startswith(f"{path} would be imported in the place of")


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("src/shop/pytest.py", id="inside-a-package"),
        pytest.param("src/warehouse.py", id="a-name-of-its-own"),
        pytest.param("src/argparse/notes.py", id="a-folder-that-is-no-package"),
        pytest.param("src/argparse.md", id="no-module"),
        pytest.param("tests/__init__.py", id="the-tests"),
        pytest.param("test/__init__.py", id="the-tests-by-another-name"),
    ],
)
def test_what_is_in_nobodys_way_passes(path: str) -> None:
    assert list(reasons_of(BASE, (*BASE, path))) == []


def test_what_was_there_before_is_nothing_new() -> None:
    assert list(reasons_of((*BASE, "src/token.py"), (*BASE, "src/token.py", "src/more.py"))) == []

"""Scripts of skills come from the library, whatever a repository holds."""

import pytest

from proposer.config import assets
from proposer.errors import UsageError


@pytest.mark.parametrize(("skill", "name"), [("dto-and-route", "compare"), ("scaffold-module", "scaffold")])
def test_a_script_is_the_librarys_own(skill: str, name: str) -> None:
    script = assets.script(skill, name)
    assert script.__file__ == str(assets.folder("skills") / skill / "scripts" / f"{name}.py")
    assert assets.script(skill, name) is script


def test_a_script_that_is_missing_says_what_mends_it() -> None:
    with pytest.raises(UsageError, match="lacks its script nothing") as caught:
        assets.script("adr", "nothing")
    assert "reinstall" in caught.value.hint

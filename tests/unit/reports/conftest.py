"""A repository without runs yet."""

import pytest

from history import History
from lab import Lab
from proposer.provenance.record import Store


@pytest.fixture
def history(repo: Lab) -> History:
    return History(Store(repo.root))

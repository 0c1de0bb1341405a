"""An estimate comes from the table or is unknown; it never comes from nowhere."""

import pytest

from proposer.config import settings
from proposer.config.prices import Prices
from proposer.errors import UsageError

TABLE = """
[prices]
as_of = 2026-11-01
[prices.models."m-1"]
input = 2.0
cached_input = 0.5
output = 8
"""
USAGE = {"input_tokens": 1_500_000, "cached_input_tokens": 500_000, "output_tokens": 250_000}


def test_each_kind_of_token_has_its_price() -> None:
    prices = settings.parse(TABLE.encode()).prices
    assert prices.estimate("m-1", USAGE, asked=True) == "4.2500 USD (prices of 2026-11-01)"
    assert prices.estimate("m-1", {}, asked=True) == "0.0000 USD (prices of 2026-11-01)"
    assert prices.estimate("m-1", USAGE, asked=False) == "0 USD"


def test_a_model_that_the_table_does_not_name_is_unknown() -> None:
    assert settings.parse(TABLE.encode()).prices.estimate("m-2", USAGE, asked=True) == "unknown"
    assert Prices().estimate("m-1", USAGE, asked=True) == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        TABLE.replace("2.0", "-1"),
        TABLE.replace("2.0", '"free"'),
        TABLE.replace("2.0", "nan"),
        TABLE.replace("as_of = 2026-11-01\n", ""),
        TABLE.replace("2026-11-01", '"soon"'),
        TABLE.replace("output = 8", ""),
    ],
)
def test_a_table_without_a_meaning_or_a_date_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"proposer\.toml"):
        settings.parse(text.encode())

"""What a run costs, by a dated table of the settings; nothing is guessed where the table has no such model."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["UNKNOWN", "Price", "Prices"]

UNKNOWN = "unknown"
_MILLION = 1_000_000
_Amount = Annotated[Decimal, Field(ge=0, le=100_000)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Price(_Table):
    """What a million tokens of one model cost."""

    input: _Amount = Field(description="A million input tokens that were not cached.")
    cached_input: _Amount = Field(description="A million cached input tokens.")
    output: _Amount = Field(description="A million output tokens.")


class Prices(_Table):
    """What tokens cost, for the estimate in every report."""

    as_of: date | None = Field(None, description="Day on which the table was true; needed where it names a model.")
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field("USD", description="ISO 4217 code.")
    models: dict[str, Price] = Field(default_factory=dict, description="A table for each model.")

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if self.models and self.as_of is None:
            raise ValueError("a table of prices needs its day: as_of = 2026-01-31")
        return self

    def estimate(self, model: str, usage: Mapping[str, int], *, asked: bool) -> str:
        """Return an estimate for a report, such as `0.0123 USD (prices of 2026-11-01)`, or `unknown`.

        Args:
            model: the model of the lock.
            usage: tokens of the run.
            asked: whether a model was asked at all; a script and a recording cost nothing.
        """
        if not asked:
            return f"0 {self.currency}"
        price = self.models.get(model)
        if price is None or self.as_of is None:
            return UNKNOWN
        cached = min(usage.get("cached_input_tokens", 0), usage.get("input_tokens", 0))
        fresh = usage.get("input_tokens", 0) - cached
        total = price.input * fresh + price.cached_input * cached + price.output * usage.get("output_tokens", 0)
        return f"{(total / _MILLION).quantize(Decimal('0.0001'))} {self.currency} (prices of {self.as_of})"

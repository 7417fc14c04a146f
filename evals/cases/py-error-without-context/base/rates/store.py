from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True)
class Rate:
    currency: str
    day: date
    per_euro: Decimal


class RateStore(Protocol):
    def save(self, rates: Sequence[Rate]) -> None: ...

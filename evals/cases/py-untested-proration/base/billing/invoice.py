from dataclasses import dataclass
from datetime import date

from billing.months import month_end


@dataclass(frozen=True)
class Line:
    text: str
    cents: int


def monthly_line(plan: str, cents: int, day: date) -> Line:
    return Line(f"{plan}, until {month_end(day).isoformat()}", cents)

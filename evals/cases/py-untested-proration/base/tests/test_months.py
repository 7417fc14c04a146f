from datetime import date

import pytest

from billing.months import month_end


@pytest.mark.parametrize(
    ("day", "end"),
    [(date(2026, 2, 1), date(2026, 2, 28)), (date(2026, 12, 31), date(2026, 12, 31))],
)
def test_month_end(day: date, end: date) -> None:
    assert month_end(day) == end

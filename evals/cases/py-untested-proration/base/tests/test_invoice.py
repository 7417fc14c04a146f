from datetime import date

from billing.invoice import Line, monthly_line


def test_monthly_line_names_the_last_day() -> None:
    assert monthly_line("Team", 4900, date(2028, 2, 3)) == Line("Team, until 2028-02-29", 4900)

from collections.abc import Iterator

from reports.db import connection


def report_rows(report_id: int) -> Iterator[tuple]:
    with connection() as database, database.cursor(name="report") as cursor:
        cursor.itersize = 5_000
        cursor.execute(
            "SELECT day, shop, sku, sold, revenue_cents FROM report_lines WHERE report_id = %s ORDER BY day, shop, sku",
            (report_id,),
        )
        yield from cursor

from reports.models import Report
from reports.rows import report_rows
from reports.csv_file import csv_bytes


def download(report: Report) -> bytes:
    return csv_bytes(report_rows(report.id))

"""A report of the last finished run and those before it: read into a frozen `Report`, which pages are made of."""

from segctl.operations.report.contents import Report
from segctl.operations.report.reading import USUAL_LEAST, Request, read_report
from segctl.operations.report.writing import Target, Written, target_of, write_page

__all__ = ["USUAL_LEAST", "Report", "Request", "Target", "Written", "read_report", "target_of", "write_page"]

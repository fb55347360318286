"""Reads the last finished run and earlier ones into a frozen `Report`, and writes it as a page."""

from segctl.operations.report.contents import Report
from segctl.operations.report.reading import USUAL_LEAST, ReportRequest, read_report
from segctl.operations.report.writing import Target, Written, target_of, write_page

__all__ = ["USUAL_LEAST", "Report", "ReportRequest", "Target", "Written", "read_report", "target_of", "write_page"]

"""The page of a report, as one HTML file: what it holds, until it has a design."""

import json
from dataclasses import asdict
from html import escape

from segctl.operations.report import Report


def page(report: Report, live: None = None) -> str:  # noqa: ARG001
    """The whole file."""
    holds = "members" if report.with_members else "counts"
    head = f'<meta charset="utf-8">\n<meta name="segctl-report" content="{holds}">\n<title>{escape(report.project)}'
    text = escape(json.dumps(asdict(report), indent=1))
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n{head}</title>\n</head>\n<body><pre>{text}</pre></body>\n</html>\n'
    )

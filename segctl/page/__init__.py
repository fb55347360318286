"""Renders a report as one HTML file that loads nothing, or as a document whose assets a server provides."""

from segctl.page.live import Live
from segctl.page.writing import assets, document, page

__all__ = ["Live", "assets", "document", "page"]

"""A report as one HTML file that loads nothing, or as a document whose assets a server gives."""

from segctl.page.writing import assets, document, page
from segctl.page.live import Live

__all__ = ["Live", "assets", "document", "page"]

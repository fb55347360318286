"""The pages of a report live: a server that reads, and never is in the way of a run."""

from segctl.serve.server import Serving, serve

__all__ = ["Serving", "serve"]

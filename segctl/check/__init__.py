"""Definitions against the catalog and each other; every rule is resolved to a predicate."""

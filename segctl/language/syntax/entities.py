"""Entities by name: the customer, and how names that belong to another entity begin."""

CUSTOMER = "customer"


def table_prefix(entity: str) -> str:
    """How the names of an entity's tables begin: with nothing for customers, with its own name for others."""
    return "" if entity == CUSTOMER else f"{entity}_"

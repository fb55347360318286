"""What our tables are called."""


def tables_of(entity: str) -> dict[str, str]:
    """What the tables of an entity's segments are called, as the macro names_of says it."""
    prefix = "" if entity == "customer" else f"{entity}_"
    return {"features": f"{entity}_features", "key": f"{entity}_id", "prefix": prefix}

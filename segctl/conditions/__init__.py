"""A condition on one value: what it means, its SQL, and which conditions exclude each other."""

"""Models that record runs. They are the same in every project."""

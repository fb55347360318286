"""The check of our English: `python -m prose`."""

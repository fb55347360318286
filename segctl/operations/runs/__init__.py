"""A run: its instant, the lock that it holds, and what came of it."""

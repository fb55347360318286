"""One person: who they are to us, and their erasure."""

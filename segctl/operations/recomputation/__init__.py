"""The past recomputed: replay, restate, verify, reset."""

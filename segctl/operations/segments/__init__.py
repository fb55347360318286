"""What finished runs say of segments: list, show, changes."""

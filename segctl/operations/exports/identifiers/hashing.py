"""The hash by which platforms match people."""

import hashlib
import re

HASHED = re.compile(r"[0-9a-fA-F]{64}")


def is_hashed(value: str) -> bool:
    """Whether a value is already a hash. Hashes are not hashed again."""
    return HASHED.fullmatch(value) is not None


def sha256(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hexadecimal. Empty for an empty text."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""

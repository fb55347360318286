"""Signatures of the Standard Webhooks specification 1.0.0: HMAC-SHA256 over id, time and body."""

import base64
import binascii
import hashlib
import hmac

from segctl.errors import Failure

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64
NEW = "python -c \"import base64, os; print('whsec_' + base64.b64encode(os.urandom(32)).decode())\""


def keys_of(variable: str, secret: str) -> tuple[bytes, ...]:
    """The keys of a secret: one, or the new and the old one separated by a blank during rotation.

    Raises Failure that names the variable, never its value.
    """
    keys = tuple(_key(part) for part in secret.split())
    if not keys or None in keys:
        message = f"{variable} is not a secret of the form {PREFIX} and {SHORTEST} to {LONGEST} bytes in base64"
        raise Failure(message, f"make one: {NEW}")
    return tuple(key for key in keys if key)


def headers(name: str, timestamp: int, body: bytes, keys: tuple[bytes, ...]) -> dict[str, str]:
    """The headers of a request at a time (seconds since 1970). Without keys there is no signature."""
    signed_headers = {"webhook-id": name, "webhook-timestamp": str(timestamp)}
    signed = b".".join([name.encode(), str(timestamp).encode(), body])
    signatures = [base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in keys]
    return signed_headers | (
        {"webhook-signature": " ".join(f"v1,{signature}" for signature in signatures)} if signatures else {}
    )


def _key(secret: str) -> bytes | None:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if secret.startswith(PREFIX) and SHORTEST <= len(key) <= LONGEST else None

"""Superset on this machine alone, with its own tables in an SQLite file: to look at the dashboard, not to serve it."""

import os
from pathlib import Path

HOME = Path(os.environ["SUPERSET_HOME"])
SECRET_KEY = os.environ["SUPERSET_SECRET_KEY"]
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'superset.db'}"
# Limits are kept in memory, since one process serves all; else Superset warns that they are.
RATELIMIT_STORAGE_URI = "memory://"
# A file that is replaced after each run is read anew: nothing that it held before is shown.
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
# The page would tell a company that counts installations: the browser is not let out.
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}

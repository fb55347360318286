"""A local Superset with its own tables in an SQLite file: to try the dashboard, not to serve it."""

import os
from pathlib import Path

HOME = Path(os.environ["SUPERSET_HOME"])
SECRET_KEY = os.environ["SUPERSET_SECRET_KEY"]
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'superset.db'}"
# One process serves everything, so limits stay in memory; without this line, Superset warns about it.
RATELIMIT_STORAGE_URI = "memory://"
# Each run replaces the file: without a cache, no chart shows the old one.
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
# Superset's pages report the installation to a company that counts them: the browser may not.
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

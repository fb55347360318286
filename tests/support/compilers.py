"""A project's queries as dbt-core 1 compiles them, and as dbt 2 does.

For dbt 2 there is a wheel with the program that dbt-core 1.12 may parse with (`make dbt2`). It also compiles, once it
has a driver for the warehouse, which it would download. Here it gets the DuckDB of the tests.
"""

import os
import subprocess
import sysconfig
from pathlib import Path

import _duckdb
import pytest
from dbt.cli.main import dbtRunner

from tests.support.built_project import REPOSITORY
from tests.support.engines import release

DBT_2 = REPOSITORY / ".venv-dbt2" / "bin" / "dbt-core-experimental-parser"
# Where dbt 2 looks before it downloads: arrow.apache.org/adbc/current/format/driver_manifests.html
DRIVER = """
manifest_version = 1

[ADBC]
version = "1.1.0"

[Driver]
entrypoint = "duckdb_adbc_init"
shared = "{}"
"""
NOWHERE = "http://127.0.0.1:9"


def by_core(project: Path, as_of: str, target: str = "target") -> Path:
    """The folder of dbt-core's compiled files for a run as of an instant."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SEGCTL_AS_OF", as_of)
        environment.chdir(project)
        done = dbtRunner().invoke(["--quiet", "compile", "--profiles-dir", ".", "--target-path", target])
    release()
    assert done.success, done.exception
    return project / target / "compiled"


def by_dbt_2(project: Path, as_of: str, target: str = "target") -> Path:
    """The folder of dbt 2's compiled files for a run as of an instant."""
    dbt_2(project, "compile", "--target-path", target, SEGCTL_AS_OF=as_of)
    return project / target / "compiled"


def dbt_2(project: Path, *arguments: str, code: int = 0, **environment: str) -> str:
    """The output of dbt 2, without a network. It must have ended with that code."""
    drivers = project / "target" / "drivers"
    drivers.mkdir(parents=True, exist_ok=True)
    (drivers / "duckdb.toml").write_text(DRIVER.format(_duckdb.__file__))
    bare = {key: value for key, value in os.environ.items() if not key.startswith(("DBT_", "SEGCTL_"))}
    own = {"ADBC_DRIVER_PATH": str(drivers), "LD_PRELOAD": str(python()), "HTTPS_PROXY": NOWHERE, "HTTP_PROXY": NOWHERE}
    # dbt 2 reads a naive datetime in the machine's zone when it subtracts one.
    own |= {"TZ": "America/New_York", "XDG_CACHE_HOME": str(drivers), "RUST_BACKTRACE": "0"}
    line = [str(DBT_2), *arguments, "--no-version-check", "--no-send-anonymous-usage-stats", "--profiles-dir", "."]
    done = subprocess.run(line, cwd=project, env=bare | own | environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def python() -> Path:
    """Python as a library: DuckDB's wheel is an extension of Python, and dbt 2 is a program without it."""
    found = Path(sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("INSTSONAME"))
    assert found.is_file(), f"{found} is missing: this Python was built without a shared library"
    return found

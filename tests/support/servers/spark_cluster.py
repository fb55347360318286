"""A real Spark cluster on this machine, for the tests and for manual use.

A master, two workers and a Thrift server, each a process of its own, with Iceberg tables in a Hive catalog, from the
packages pyspark and snowpark-connect-deps-iceberg. `python -m tests.support.servers.spark_cluster up FOLDER` starts it
and prints dbt's environment, `down FOLDER` stops it. The logs of the processes are in FOLDER/logs.
"""

import importlib.util
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen

HOST = "127.0.0.1"
SCHEMA = "segments"
SECONDS = 120.0
WORKERS = 2
# The whole cluster shares one machine with the tests. docs/engines.md describes what a user has.
SETTINGS = {
    "spark.driver.host": HOST,
    "spark.driver.memory": "2g",
    "spark.executor.memory": "1g",
    "spark.hadoop.datanucleus.schema.autoCreateAll": "true",
    "spark.hadoop.hive.metastore.schema.verification": "false",
    "spark.hadoop.iceberg.engine.hive.lock-enabled": "false",
    "spark.log.level": "WARN",
    "spark.sql.catalog.ice": "org.apache.iceberg.spark.SparkCatalog",
    "spark.sql.catalog.ice.default-namespace": SCHEMA,
    "spark.sql.catalog.ice.type": "hive",
    "spark.sql.defaultCatalog": "ice",
    "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
}
# For a test's few rows, these cost more than they save: a new plan between stages, compiled queries, the parallel
# collector on one or two cores, and the second compiler in workers that only wait for the next few rows.
FOR_FEW_ROWS = {
    "spark.default.parallelism": "2",
    "spark.driver.extraJavaOptions": "-XX:+UseSerialGC",
    "spark.executor.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
}


class SparkClusterError(RuntimeError):
    """The cluster could not be started."""


@dataclass(frozen=True)
class Cluster:
    """A running cluster: where its Thrift server listens, and the process ids by name (master, worker1, …, thrift)."""

    folder: Path
    port: int
    master: str
    processes: dict[str, int]
    settings: Mapping[str, str]

    def environment(self) -> dict[str, str]:
        """The variables that profiles.yml reads."""
        return {"SPARK_HOST": HOST, "SPARK_PORT": str(self.port), "SEGCTL_SCHEMA": SCHEMA}

    def kill(self, name: str) -> None:
        """Ends a process and its children at once, like a lost machine."""
        with suppress(ProcessLookupError):
            os.killpg(self.processes[name], signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.processes[name], 0)

    def serve_again(self) -> None:
        """Starts another Thrift server on the same tables and port, once the last one is gone."""
        starter = _Starter(self.folder)
        starter.start("thrift", "spark-submit", *_thrift_server(self.folder, self.master, self.port, self.settings))
        starter.wait_for("thrift", self.port)
        self.processes.update(starter.started)


def _package(name: str, distribution: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise SparkClusterError(f"the PyPI package {distribution} is not installed: make setup-spark")
    return Path(spec.submodule_search_locations[0])


def iceberg_jar() -> Path:
    """The Iceberg runtime for Spark 3.5 from the test package. Users name theirs by spark.jars.packages."""
    folder = _package("snowpark_connect_deps_iceberg", "snowpark-connect-deps-iceberg") / "jars"
    return next(folder.glob("iceberg-spark-runtime-3.5_2.12-*.jar"))


def _java() -> None:
    if shutil.which("java") is None:
        raise SparkClusterError("Spark needs Java 17: install Debian's package openjdk-17-jre-headless")


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False


class _Starter:
    """Starts the processes of one cluster, each in a group of its own so that it can be stopped whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spark = _package("pyspark", "pyspark")
        self.started: dict[str, int] = {}
        (folder / "logs").mkdir(parents=True, exist_ok=True)

    def start(self, name: str, program: str, *arguments: str) -> None:
        environment = os.environ | {"SPARK_HOME": str(self.spark), "SPARK_LOCAL_IP": HOST}
        with (self.folder / "logs" / f"{name}.log").open("w") as log:
            process = Popen(
                [self.spark / "bin" / program, *arguments],
                cwd=self.folder,
                env=environment,
                stdin=DEVNULL,
                stdout=log,
                stderr=STDOUT,
                start_new_session=True,
            )
        self.started[name] = process.pid
        (self.folder / f"{name}.pid").write_text(str(process.pid))

    def wait_for(self, name: str, port: int) -> None:
        limit = time.monotonic() + SECONDS
        while not _listens(port):
            ended = os.waitpid(self.started[name], os.WNOHANG)[0]
            if ended or time.monotonic() > limit:
                log = (self.folder / "logs" / f"{name}.log").read_text(errors="replace")
                raise SparkClusterError(f"{name} did not start:\n{log[-3000:]}")
            time.sleep(0.2)


def start(folder: Path, port: int = 0, workers: int = WORKERS, settings: Mapping[str, str] = FOR_FEW_ROWS) -> Cluster:
    """Starts a cluster whose files are in the folder. Its Thrift server listens on the port (0: any free one)."""
    _java()
    folder = folder.resolve()
    starter, master, thrift = _Starter(folder), _free_port(), port or _free_port()
    address = f"spark://{HOST}:{master}"
    one = "org.apache.spark.deploy"
    try:
        arguments = ("--host", HOST, "--port", str(master), "--webui-port", str(_free_port()))
        starter.start("master", "spark-class", f"{one}.master.Master", *arguments)
        starter.wait_for("master", master)
        for number in range(1, workers + 1):
            sized = ("--host", HOST, "--cores", "1", "--memory", "4G", "--webui-port", str(_free_port()))
            files = ("--work-dir", str(folder / f"work{number}"))
            starter.start(f"worker{number}", "spark-class", f"{one}.worker.Worker", *sized, *files, address)
        starter.start("thrift", "spark-submit", *_thrift_server(folder, address, thrift, settings))
        starter.wait_for("thrift", thrift)
    except BaseException:
        stop(folder)
        raise
    return Cluster(folder, thrift, address, starter.started, settings)


def _thrift_server(folder: Path, master: str, port: int, chosen: Mapping[str, str]) -> list[str]:
    jar, warehouse = str(iceberg_jar()), str(folder / "warehouse")
    # A zone that is not UTC, to reveal code that depends on it.
    java = f"-Dderby.system.home={folder} -Duser.timezone=Asia/Tokyo {chosen.get('spark.driver.extraJavaOptions', '')}"
    settings = {
        **SETTINGS,
        **chosen,
        "spark.driver.extraClassPath": jar,
        "spark.executor.extraClassPath": jar,
        "spark.driver.extraJavaOptions": java,
        "spark.hadoop.hive.metastore.warehouse.dir": warehouse,
        "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={folder}/metastore;create=true",
        "spark.sql.warehouse.dir": warehouse,
    }
    named = ["--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2", "--name", "segments"]
    configured = [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
    listening = [
        "--hiveconf",
        f"hive.server2.thrift.port={port}",
        "--hiveconf",
        f"hive.server2.thrift.bind.host={HOST}",
    ]
    return [*named, "--master", master, *configured, "spark-internal", *listening]


def stop(folder: Path) -> None:
    """Stops the cluster whose files are in the folder."""
    for file in folder.glob("*.pid"):
        with suppress(ProcessLookupError, ValueError):
            os.killpg(int(file.read_text()), signal.SIGKILL)
        file.unlink()


@contextmanager
def spark_cluster(
    folder: Path, workers: int = WORKERS, settings: Mapping[str, str] = FOR_FEW_ROWS
) -> Iterator[Cluster]:
    """A cluster that is stopped at the end."""
    cluster = start(folder, workers=workers, settings=settings)
    try:
        yield cluster
    finally:
        stop(folder)


def main() -> None:
    """The actions of the command line."""
    verb, folder = sys.argv[1], Path(sys.argv[2])
    if verb == "down":
        stop(folder)
        return
    cluster = start(folder, port=10000)
    for variable, text in cluster.environment().items():
        print(f"export {variable}={text}")


if __name__ == "__main__":
    main()

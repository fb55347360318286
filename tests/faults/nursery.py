"""Forks `segctl` processes that have imported everything already, so that hundreds of them can be killed.

Reads one order a line, as JSON, from the standard input; forks; tells the child's process id in a line, and when it has
ended its status in another. The child is a process of its own like any that a shell starts, and ends as one.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any


def serve() -> dict[str, Any]:
    """Forks a child for each order. Returns in the child, with its order."""
    child = 0
    for line in sys.stdin:
        if child:
            os.waitpid(child, 0)
        order: dict[str, Any] = json.loads(line)
        child = os.fork()
        if child == 0:
            return order
        print(child, flush=True)
        # Its process id stays reserved until the next order, so that no other process is killed instead.
        found = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        assert found is not None
        print(found.si_status if found.si_code == os.CLD_EXITED else -found.si_status, flush=True)
    sys.exit(0)


def become(order: dict[str, Any]) -> None:
    """Turns the child into the requested program."""
    for number, path in ((0, os.devnull), (1, order["out"]), (2, order["err"])):
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.update(order["environment"])
    os.chdir(Path(order["folder"]))
    sys.argv = ["segctl", *order["arguments"]]


if __name__ == "__main__":
    import segctl.operations.exports
    import segctl.operations.people.erase
    import segctl.operations.recomputation.replay
    import segctl.operations.recomputation.verify
    import segctl.output
    import segctl.project.project
    import segctl.warehouse  # noqa: F401
    from segctl.cli import main
    from tests.faults.killer import arm

    become(serve())
    arm(os.environ)
    main()

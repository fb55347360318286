"""Passes changes to a program on its standard input. Its exit code is the answer."""

import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from segctl.errors import Failure
from segctl.errors.visible import in_a_line, visible
from segctl.operations.deliveries.messages import Part
from segctl.parse.deliveries import Command

# How much of a program's output is kept, to explain a failure.
MOST_KEPT = 4_000
AT_ONCE = 1 << 16


def send_to_program(command: Command, root: Path, part: Part, lines: Iterator[bytes]) -> None:
    """Runs the program in the project's folder and waits for it. Raises Failure unless it exits with 0.

    Exit code 0 means received, whether or not the program read its input.
    """
    # The arguments may contain secrets.
    program = in_a_line(command.arguments[0])
    try:
        # Its own process group, so that its children end with it.
        process = subprocess.Popen(
            command.arguments,
            cwd=root,
            env=os.environ | _environment(part),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it holds a NUL"
        raise Failure(f"cannot start {program}: {why}", f"it is started in {root}") from error
    kept: deque[bytes] = deque(maxlen=MOST_KEPT // 100)
    late = threading.Event()
    timer = threading.Timer(command.timeout, _end, [process, late])
    timer.start()
    try:
        reader = threading.Thread(target=_keep, args=[process.stdout, kept], daemon=True)
        reader.start()
        _feed(process, lines)
        process.wait()
        # A process left behind may keep the output open forever.
        reader.join(timeout=1)
    finally:
        timer.cancel()
        if process.poll() is None:
            _end(process)
    if process.returncode:
        raise Failure(f"{program} {_outcome(process.returncode, late.is_set(), command)}", detail=_shown(kept))


def _environment(part: Part) -> dict[str, str]:
    return {
        "SEGCTL_DELIVERY": part.delivery,
        "SEGCTL_DELIVERY_TYPE": part.kind,
        "SEGCTL_DELIVERY_RUN": part.run_id,
        "SEGCTL_IDEMPOTENCY_KEY": part.name,
    }


def _feed(process: subprocess.Popen[bytes], lines: Iterator[bytes]) -> None:
    """Writes lines until the program stops reading."""
    assert process.stdin is not None
    with suppress(BrokenPipeError, ConnectionResetError):
        for line in lines:
            process.stdin.write(line)
        process.stdin.flush()
    with suppress(OSError):
        process.stdin.close()


def _keep(stream: IO[bytes], kept: deque[bytes]) -> None:
    """Reads the output of a program, and keeps its end."""
    with suppress(OSError, ValueError):
        while chunk := os.read(stream.fileno(), AT_ONCE):
            kept.extend(chunk[-MOST_KEPT:][at : at + 100] for at in range(0, min(len(chunk), MOST_KEPT), 100))


def _end(process: subprocess.Popen[bytes], late: threading.Event | None = None) -> None:
    """Kills a program and its children, and sets `late`."""
    if late:
        late.set()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _outcome(code: int, late: bool, command: Command) -> str:
    if late:
        return f"had not ended after {command.timeout} s, and was killed"
    return f"ended with exit code {code}" if code > 0 else f"was ended by signal {-code}"


def _shown(kept: deque[bytes]) -> str:
    """The last lines of a program's output."""
    text = b"".join(kept).decode("utf-8", "replace").strip()
    return "\n".join(f"  {line}" for line in visible(text).splitlines()[-10:])

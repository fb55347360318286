"""Changes given to a program that misbehaves."""

import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from segctl.errors import Failure
from segctl.operations.deliveries.messages import CHANGES, Part, lines
from segctl.operations.deliveries.programs import send_to_program
from segctl.operations.exports.change import Change
from segctl.parse.deliveries import Command

AT = datetime(2025, 12, 29)
PART = Part("mail", CHANGES, "20251229T000000.000000Z", AT, 3, 0)
KEYS = ("1", "O'Brien\n\"", "ü\u2028")


def change(key: str) -> Change:
    return Change("add", "vip", key, {"email": "a@b.example"}, "event", PART.run_id, AT)


def handed(folder: Path, *arguments: str, count: int = 1, timeout: int = 20) -> None:
    changes: Iterator[Change] = (change(key) for _ in range(count) for key in KEYS)
    send_to_program(Command(arguments, timeout), folder, PART, lines(changes, {"vip": "customer"}))


def python(code: str) -> tuple[str, str, str]:
    return sys.executable, "-c", f"import os, sys, time\n{code}"


def failure_of(folder: Path, *arguments: str, **more: int) -> Failure:
    with pytest.raises(Failure) as failure:
        handed(folder, *arguments, **more)
    assert failure.value.exit_code == 3
    return failure.value


def test_a_program_reads_a_change_a_line_in_the_projects_folder(tmp_path: Path) -> None:
    code = "open('got', 'wb').write(sys.stdin.buffer.read()); open('told', 'w').write(repr(dict(os.environ)))"
    handed(tmp_path, *python(code))
    read = [json.loads(line) for line in (tmp_path / "got").read_text(encoding="ascii").splitlines()]
    assert [one["key"] for one in read] == list(KEYS)
    assert read[0] == {
        **{"op": "add", "segment": "vip", "entity": "customer", "key": "1", "identifiers": {"email": "a@b.example"}},
        **{"cause": "event", "run_id": PART.run_id, "changed_at": "2025-12-29T00:00:00Z"},
    }
    environment = (tmp_path / "told").read_text()
    for name, value in {"DELIVERY": "mail", "DELIVERY_TYPE": CHANGES, "IDEMPOTENCY_KEY": PART.name}.items():
        assert f"'SEGCTL_{name}': '{value}'" in environment


def test_an_exit_code_is_reported_with_the_end_of_what_was_printed(tmp_path: Path) -> None:
    code = "print('x' * 3_000_000); print('\\x1b[31mno room', file=sys.stderr); sys.exit(1)"
    failure = failure_of(tmp_path, *python(code))
    assert failure.message.endswith("ended with exit code 1")
    assert failure.detail.endswith("\\x1b[31mno room")
    assert len(failure.detail) < 5000


def test_its_exit_code_alone_counts(tmp_path: Path) -> None:
    """The input may be unread, and the output may be anything."""
    handed(tmp_path, *python("sys.stdin.close(); print('y' * 3_000_000)"), count=50_000)
    handed(tmp_path, *python("print('y' * 3_000_000, flush=True); sys.stdin.read()"), count=50_000)


@pytest.mark.parametrize("program", ["no/such program", "./missing.sh", ".", "\x00"])
def test_a_program_that_is_not_there(program: str, tmp_path: Path) -> None:
    assert failure_of(tmp_path, program).message.startswith("cannot start ")


def test_a_program_that_takes_too_long_is_ended_with_what_it_has_begun(tmp_path: Path) -> None:
    code = "pid = os.fork()\nif pid:\n    open('pid', 'w').write(str(pid))\ntime.sleep(60)"
    began = time.monotonic()
    failure = failure_of(tmp_path, *python(code), timeout=1)
    assert failure.message.endswith("had not ended after 1 s, and was killed")
    assert time.monotonic() - began < 10
    pid = int((tmp_path / "pid").read_text())
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        time.sleep(0.1)
    os.kill(pid, 9)
    pytest.fail("what it had begun goes on")


def test_a_signal(tmp_path: Path) -> None:
    assert failure_of(tmp_path, *python("os.kill(os.getpid(), 11)")).message.endswith("was ended by signal 11")

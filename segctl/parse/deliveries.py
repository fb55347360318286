"""Parses the file of deliveries: who receives joins and leaves of which segments, and how.

The file names environment variables with addresses and secrets. No message quotes a value that may be one of them by
mistake.
"""

import re
from dataclasses import dataclass

import yaml

from segctl.errors import Mark, Report, did_you_mean
from segctl.language.amounts import whole_number
from segctl.language.names import name_fault
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import Scalar
from segctl.parse.definitions import check_version
from segctl.parse.document import document

KEYS = ("name", "description", "segments", "tags", "identifiers", "webhook", "command", "timeout")
WEBHOOK_KEYS = ("url_env", "secret_env", "batch", "timeout", "retry_for")
VARIABLE = r"[A-Za-z_][A-Za-z0-9_]{0,99}"
TIME = r"([0-9]{1,6})(s|m|h)"
SECONDS = {"s": 1, "m": 60, "h": 3600}
# Forms of identifiers besides keys: plain, or hashed by the rule of a platform.
HASHES = ("plain", "google", "meta")
LARGEST_BATCH = 10_000
LONGEST_TIME = 24 * 3600
HINTS = {
    "url": "addresses may hold secrets: name the environment variable that has it: webhook: {url_env: CRM_URL}",
    "url_env": "write it in the webhook: webhook: {url_env: …}",
    "secret_env": "write it in the webhook: webhook: {url_env: …, secret_env: …}",
    "batch": "write it in the webhook: webhook: {url_env: …, batch: 500}",
    "retry_for": "write it in the webhook; a command is not tried again before the next delivery",
}
WEBHOOK_HINTS = {
    "url": "addresses may hold secrets: name the environment variable that has it: url_env: CRM_URL",
    "secret": "name the environment variable that has it: secret_env: CRM_SECRET",
    "headers": "a webhook has fixed headers: a command can send any",
}


@dataclass(frozen=True)
class Webhook:
    """An address to post changes to: the environment variables with the address and the signing secret (empty: not
    signed), changes per request, the timeout, and the total time for retries, both in seconds.
    """

    url_env: str
    secret_env: str = ""
    batch: int = 500
    timeout: int = 15
    retry_for: int = 300


@dataclass(frozen=True)
class Command:
    """A program with arguments that reads changes from its standard input, and its timeout in seconds."""

    arguments: tuple[str, ...]
    timeout: int = 600


@dataclass(frozen=True)
class Delivery:
    """A receiver of changes: of named segments and segments with one of the tags, by default of all."""

    name: str
    mark: Mark
    to: Webhook | Command
    segments: tuple[Scalar, ...] = ()
    tags: tuple[Scalar, ...] = ()
    identifiers: str = ""


def parse_deliveries(path: str, content: bytes, report: Report) -> tuple[Delivery, ...]:
    """The deliveries of a file in written order. Problems go to the report."""
    reader = Reader(path, report)
    node = document(content, reader)
    if node is None:
        return ()
    keys = ("version", "deliveries")
    entries = reader.mapping(node, "the file of deliveries", keys, keys)
    if "version" in entries:
        check_version(entries["version"].value, reader)
    items = reader.sequence(entries["deliveries"].value, "deliveries") if "deliveries" in entries else []
    deliveries = [delivery for item in items if (delivery := _delivery(item, reader))]
    seen: dict[str, Delivery] = {}
    for delivery in (delivery for delivery in deliveries if delivery.name):
        first = seen.setdefault(delivery.name, delivery)
        if first is not delivery:
            hint = f"the first is on line {first.mark.line}; rename one of them"
            reader.problem(delivery.mark, "duplicate-name", f'two deliveries are called "{delivery.name}"', hint)
    return tuple(deliveries)


def _delivery(node: yaml.Node, reader: Reader) -> Delivery | None:
    entries = reader.only(reader.entries(node, "a delivery"), "a delivery", KEYS, HINTS)
    if not isinstance(node, yaml.MappingNode):
        return None
    if "name" not in entries:
        reader.problem(node, "missing-key", 'a delivery has no "name"', "add name: …; the receiver sees it")
    name = reader.named(entries["name"].value, "name", name_fault) if "name" in entries else ""
    for key in ("segments", "tags"):
        if key in entries and isinstance(entries[key].value, yaml.SequenceNode) and not entries[key].value.value:
            reader.problem(entries[key].key.mark, "empty-list", f"{key} lists nothing", f"remove {key} for all")
    segments, tags = (_listed(entries[key], reader) if key in entries else () for key in ("segments", "tags"))
    if "description" in entries:
        reader.text(entries["description"].value, "description")
    identifiers = _identifiers(entries["identifiers"], reader) if "identifiers" in entries else ""
    to = _receiver(node, entries, reader)
    # With a problem nothing is sent, but checks continue to report all problems.
    return Delivery(name, reader.mark(node), to or Command(()), segments, tags, identifiers)


def _identifiers(entry: Entry, reader: Reader) -> str:
    """The form of identifiers. Empty after a problem."""
    scalar = reader.scalar(entry.value, "identifiers")
    if scalar is None or scalar.text in HASHES:
        return scalar.text if scalar else ""
    message = f'identifiers must be {", ".join(HASHES[:-1])} or {HASHES[-1]}, found "{scalar.text}"'
    reader.problem(entry.value, "wrong-type", message, did_you_mean(scalar.text, list(HASHES), "rules"))
    return ""


def _receiver(node: yaml.Node, entries: dict[str, Entry], reader: Reader) -> Webhook | Command | None:
    ways = [key for key in ("webhook", "command") if key in entries]
    if len(ways) != 1:
        message = "a delivery has " + ("both webhook and command" if ways else "neither webhook nor command")
        hint = "make two deliveries of it" if ways else "add webhook: {url_env: …} or command: [python, push.py]"
        place: yaml.Node | Mark = entries[ways[1]].key.mark if ways else node
        reader.problem(place, "missing-key" if not ways else "wrong-shape", message, hint)
        return None
    if ways == ["webhook"]:
        if "timeout" in entries:
            hint = "write it in the webhook: webhook: {url_env: …, timeout: 15s}"
            reader.problem(entries["timeout"].key.mark, "unknown-key", "timeout is beside the webhook, not in it", hint)
        return _webhook(entries["webhook"].value, reader)
    arguments = _listed(entries["command"], reader, "command: [python, push.py]")
    if isinstance(entries["command"].value, yaml.SequenceNode) and not (arguments and arguments[0].text):
        reader.problem(
            entries["command"].key.mark, "empty-list", "command names no program", "command: [python, push.py]"
        )
        return None
    timeout = _seconds(entries, "timeout", Command.timeout, reader)
    return Command(tuple(scalar.text for scalar in arguments), timeout) if arguments and timeout else None


def _webhook(node: yaml.Node, reader: Reader) -> Webhook | None:
    example = "{url_env: CRM_URL, secret_env: CRM_SECRET}"
    if not isinstance(node, yaml.MappingNode):
        reader.problem(node, "wrong-shape", "webhook must be a mapping", f"for example webhook: {example}")
        return None
    written = reader.entries(node, "webhook", example)
    entries = reader.only(written, "webhook", WEBHOOK_KEYS, WEBHOOK_HINTS)
    if "url_env" not in entries and "url" not in written:
        hint = "add url_env: …, the name of the environment variable that holds the address"
        reader.problem(node, "missing-key", 'webhook has no "url_env"', hint)
    url, secret = (_variable(entries[key], reader) if key in entries else "" for key in ("url_env", "secret_env"))
    batch = whole_number(entries["batch"], reader, 1, LARGEST_BATCH) if "batch" in entries else Webhook.batch
    timeout = _seconds(entries, "timeout", Webhook.timeout, reader)
    retry_for = _seconds(entries, "retry_for", Webhook.retry_for, reader)
    return Webhook(url, secret, batch, timeout, retry_for) if url and batch and timeout and retry_for else None


def _listed(entry: Entry, reader: Reader, example: str = "") -> tuple[Scalar, ...]:
    """A list of texts with their places."""
    key = entry.key.text
    if not isinstance(entry.value, yaml.SequenceNode):
        # The value may be a whole command line with secrets in it.
        hint = f"for example {example or f'{key}: [vip]'}"
        reader.problem(entry.value, "wrong-shape", f"{key} must be a list", hint)
        return ()
    read = [reader.scalar(item, f"an item of {key}") for item in entry.value.value]
    return tuple(scalar for scalar in read if scalar)


def _variable(entry: Entry, reader: Reader) -> str:
    """The name of an environment variable. Empty after a problem, which does not quote the value."""
    value = entry.value
    if isinstance(value, yaml.ScalarNode) and re.fullmatch(VARIABLE, value.value):
        return str(value.value)
    message = f"{entry.key.text} must be the name of an environment variable, and this is none"
    hint = "letters, digits and _: CRM_URL; the value itself stays out of the file"
    reader.problem(value, "bad-name", message, hint)
    return ""


def _seconds(entries: dict[str, Entry], key: str, default: int, reader: Reader) -> int:
    """A duration like `10s`, `5m` or `1h` in seconds. 0 after a problem."""
    if key not in entries:
        return default
    scalar = reader.scalar(entries[key].value, key)
    written = re.fullmatch(TIME, scalar.text) if scalar else None
    seconds = int(written[1]) * SECONDS[written[2]] if written else 0
    if scalar and not 1 <= seconds <= LONGEST_TIME:
        message = f'{key} expects a time from 1s to 24h, found "{scalar.text}"'
        reader.problem(entries[key].value, "wrong-type", message, f"for example {key}: 30s, 5m or 1h")
        return 0
    return seconds

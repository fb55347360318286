"""Shell completion for names of segments, tags and owners. Reads files only, never the warehouse."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

VARIABLE = "_SEGCTL_COMPLETE"
Completed = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def is_completing() -> bool:
    """Whether a shell is asking for completions."""
    return VARIABLE in os.environ


def _from_files(choices: Callable[[Path], Iterable[tuple[str, str]]]) -> Completed:
    """Completes words with their meanings from the project's files. Offers none when the files cannot be read."""

    def complete(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
        # A shell would print the error into the line being typed.
        try:
            folder = (context.obj or {}).get("project_dir") or Path()
            matches = [(word, meaning) for word, meaning in choices(folder) if word.startswith(incomplete)]
        except Exception:
            return []
        return [CompletionItem(word, help=_in_a_line(meaning)) for word, meaning in matches if _is_plain(word)]

    return complete


def _is_plain(word: str) -> bool:
    """Whether a shell takes this as one plain word. Words that could break the line are never offered."""
    return word.isprintable() and not any(character.isspace() for character in word)


def _in_a_line(meaning: str) -> str | None:
    """The meaning on one line, printable characters only."""
    return " ".join("".join(character if character.isprintable() else " " for character in meaning).split()) or None


def _segments(folder: Path) -> Iterable[tuple[str, str]]:
    from segctl.operations.definitions.declared import declared_segments

    return ((segment.name, segment.label) for segment in declared_segments(folder))


def _allowed(folder: Path) -> Iterable[tuple[str, str]]:
    from segctl.operations.definitions.declared import declared_sources

    return [*_segments(folder), *((name, "source") for name in declared_sources(folder))]


def _tags(folder: Path) -> Iterable[tuple[str, str]]:
    from segctl.operations.definitions.declared import declared_segments

    return ((tag, "") for tag in sorted({tag for segment in declared_segments(folder) for tag in segment.tags}))


def _owners(folder: Path) -> Iterable[tuple[str, str]]:
    from segctl.operations.definitions.declared import declared_segments

    return ((owner, "") for owner in sorted({segment.owner for segment in declared_segments(folder) if segment.owner}))


segments = _from_files(_segments)
allowed = _from_files(_allowed)
tags = _from_files(_tags)
owners = _from_files(_owners)


def segments_or_files(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Completes segments, or files when no segment matches."""
    return segments(context, parameter, incomplete) or [CompletionItem(incomplete, type="file")]

"""What a shell completes: names of segments, tags and owners, from the files alone."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

VARIABLE = "_SEGCTL_COMPLETE"
Completed = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def is_asked() -> bool:
    """Whether a shell asks this program for words."""
    return VARIABLE in os.environ


def _from_files(words: Callable[[Path], Iterable[tuple[str, str]]]) -> Completed:
    """Completes words, each with what it means, that the project's files have; none when these are not to be read."""

    def complete(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
        # A shell would show what went wrong in the middle of a line.
        try:
            folder = (context.obj or {}).get("project_dir") or Path()
            found = [(word, meaning) for word, meaning in words(folder) if word.startswith(incomplete)]
        except Exception:
            return []
        return [CompletionItem(word, help=_in_a_line(meaning)) for word, meaning in found if _is_plain(word)]

    return complete


def _is_plain(word: str) -> bool:
    """Whether a word is one, to a shell: what would break or command its line is not offered."""
    return word.isprintable() and not any(character.isspace() for character in word)


def _in_a_line(meaning: str) -> str | None:
    """What a word means, as a shell can show it."""
    return " ".join("".join(one if one.isprintable() else " " for one in meaning).split()) or None


def _segments(folder: Path) -> Iterable[tuple[str, str]]:
    from segctl.operations.declared import declared_segments

    return ((one.name, one.label) for one in declared_segments(folder))


def _allowed(folder: Path) -> Iterable[tuple[str, str]]:
    from segctl.operations.declared import declared_sources

    return [*_segments(folder), *((name, "source") for name in declared_sources(folder))]


def _tags(folder: Path) -> Iterable[tuple[str, str]]:
    from segctl.operations.declared import declared_segments

    return ((tag, "") for tag in sorted({tag for one in declared_segments(folder) for tag in one.tags}))


def _owners(folder: Path) -> Iterable[tuple[str, str]]:
    from segctl.operations.declared import declared_segments

    return ((owner, "") for owner in sorted({one.owner for one in declared_segments(folder) if one.owner}))


segments = _from_files(_segments)
allowed = _from_files(_allowed)
tags = _from_files(_tags)
owners = _from_files(_owners)


def segments_or_files(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Segments; files where none begins so."""
    return segments(context, parameter, incomplete) or [CompletionItem(incomplete, type="file")]

"""Prompts that check the answer: a choice, a number, a day, a duration, a text."""

from collections.abc import Callable, Mapping, Sequence

import click

from segctl.errors import Failure, nearest, quoted

# Up to this many choices fit on one line. More get a line each.
MOST_IN_LINE = 8


def choose(question: str, known: Mapping[str, str], what: str, default: str | None = None) -> str:
    """Asks for one of the known words. Lists them first, with their meanings, when there are many."""
    many = len(known) > MOST_IN_LINE or any(known.values())
    if many:
        width = max(map(len, known))
        for word, meaning in known.items():
            click.echo(f"  {word:<{width}}  {meaning}".rstrip())
    shown = question if many else f"{question} ({', '.join(known)})"
    return str(click.prompt(shown, value_proc=_one_of(list(known), what), default=default))


def ask(question: str, check: Callable[[str], str] = str, default: str | None = None) -> str:
    """Asks for a text that `check` accepts. Empty only if the default is."""
    return str(click.prompt(question, value_proc=_checked(check), default=default, show_default=bool(default)))


def _one_of(known: Sequence[str], what: str) -> Callable[[str], str]:
    """A check that accepts a known word, or an unambiguous prefix of one."""

    def check(text: str) -> str:
        beginning = [value for value in known if value.startswith(text)]
        if text in known:
            return text
        if text and len(beginning) == 1:
            return beginning[0]
        hint = nearest(text, list(known)) or f"one of {', '.join(known)}"
        raise ValueError(f'"{quoted(text)}" is no {what}; {hint}')

    return _checked(check)


def _checked(check: Callable[[str], str]) -> Callable[[str], str]:
    """The check as Click wants it: Click asks again when it raises."""

    def checked(value: str) -> str:
        try:
            return check(value.strip())
        except Failure as failure:
            raise click.UsageError(
                f"{failure.message}; {failure.hint}" if failure.hint else failure.message
            ) from failure
        except ValueError as error:
            raise click.UsageError(str(error)) from error

    return checked

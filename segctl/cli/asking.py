"""Questions whose answers are checked: one of some words, a number, a day, a duration, a text."""

from collections.abc import Callable, Mapping, Sequence

import click

from segctl.errors import Failure, nearest, quoted

# Words that are listed in a line; more of them in lines of their own.
MOST_IN_LINE = 8


def choose(question: str, known: Mapping[str, str], what: str, default: str | None = None) -> str:
    """One of some words, each with what it means or nothing; many of them are listed first."""
    many = len(known) > MOST_IN_LINE or any(known.values())
    if many:
        width = max(map(len, known))
        for word, meaning in known.items():
            click.echo(f"  {word:<{width}}  {meaning}".rstrip())
    shown = question if many else f"{question} ({', '.join(known)})"
    return str(click.prompt(shown, value_proc=_one_of(list(known), what), default=default))


def ask(question: str, check: Callable[[str], str] = str, default: str | None = None) -> str:
    """A text that a function takes; empty only where the default is."""
    return str(click.prompt(question, value_proc=_checked(check), default=default, show_default=bool(default)))


def _one_of(known: Sequence[str], what: str) -> Callable[[str], str]:
    """What takes one of some words, or the beginning of just one of them."""

    def check(text: str) -> str:
        beginning = [one for one in known if one.startswith(text)]
        if text in known:
            return text
        if text and len(beginning) == 1:
            return beginning[0]
        hint = nearest(text, list(known)) or f"one of {', '.join(known)}"
        raise ValueError(f'"{quoted(text)}" is no {what}; {hint}')

    return _checked(check)


def _checked(check: Callable[[str], str]) -> Callable[[str], str]:
    """The same for click, which asks again when an answer is none."""

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

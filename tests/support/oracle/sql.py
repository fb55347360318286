"""The expressions of `sql` in docs/language.md: parsed and evaluated in one pass, with SQL's three-valued logic.

From the loosest to the tightest: or, and, not, is, comparisons, between/in/like, + and -, *, a sign.
"""

import re
from collections.abc import Callable
from decimal import Context, Decimal
from functools import reduce
from typing import Any

from tests.support.oracle.values import Value

EXACT = Context(prec=2000)  # no product of a line's length is longer

TOKEN = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+|'(?:[^']|'')*'|[A-Za-z_]\w*|<>|!=|<=|>=|[-=<>+*(),])")


def expression_holds(text: str, value_of: Callable[[str], Value]) -> bool:
    """An expression that is NULL in the end is false."""
    expression = Expression(tokens_of(text), value_of)
    value = expression.disjunction()
    assert not expression.tokens, expression.tokens
    return value is True


def tokens_of(text: str) -> list[str]:
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        token = TOKEN.match(text, at)
        if token is None:
            raise ValueError(f"not of the language: {text[at:]}")
        found.append(token[1] if token[1].startswith("'") else token[1].lower())
        at = token.end()
    return found


# Values, of which None is NULL


def conjunction_of(parts: list[Value]) -> Value:
    if any(part is False for part in parts):
        return False
    return None if None in parts else True


def disjunction_of(parts: list[Value]) -> Value:
    return negated(conjunction_of([negated(part) for part in parts]))


def negated(truth: Value) -> Value:
    return None if truth is None else not truth


def compared(sign: str, left: Any, right: Any) -> Value:  # noqa: ANN401
    if left is None or right is None:
        return None
    if sign in ("=", "<>", "!="):
        return bool(left == right) is (sign == "=")
    return bool({"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[sign])


def calculated(sign: str, left: Any, right: Any) -> Value:  # noqa: ANN401
    if left is None or right is None:
        return None
    result: Decimal = {"+": EXACT.add, "-": EXACT.subtract, "*": EXACT.multiply}[sign](left, right)
    return result


def is_like(text: Value, pattern: Value) -> Value:
    """`%` is any text, `_` one character. Everything else is itself."""
    if text is None or pattern is None:
        return None
    parts = [{"%": ".*", "_": "."}.get(character, re.escape(character)) for character in str(pattern)]
    return re.fullmatch("".join(parts), str(text), re.DOTALL) is not None


def called(function: str, arguments: list[Any]) -> Value:
    """`least` and `greatest` ignore NULLs. Every function of one argument is NULL for NULL."""
    there = [argument for argument in arguments if argument is not None]
    if not there:
        return None
    chosen: Value = FUNCTIONS[function](there)
    return chosen


FUNCTIONS: dict[str, Callable[[list[Any]], Value]] = {
    "coalesce": lambda there: there[0],
    "least": min,
    "greatest": max,
    "abs": lambda there: there[0].copy_abs(),
    "length": lambda there: Decimal(len(there[0])),
    "lower": lambda there: "".join(letter.lower() if letter.isascii() else letter for letter in there[0]),
    "upper": lambda there: "".join(letter.upper() if letter.isascii() else letter for letter in there[0]),
}


class Expression:
    """The rest of the tokens, and the values of names. Each method reads one kind of expression."""

    def __init__(self, tokens: list[str], value_of: Callable[[str], Value]) -> None:
        self.tokens = tokens
        self.value_of = value_of

    def next_is(self, *words: str) -> bool:
        return self.tokens[: len(words)] == list(words)

    def take(self, *words: str) -> bool:
        """Skips these words if they come next."""
        if not self.next_is(*words):
            return False
        del self.tokens[: len(words)]
        return True

    def expect(self, word: str) -> None:
        if not self.take(word):
            raise ValueError(f"{word} expected before {' '.join(self.tokens)}")

    def one_of(self, *words: str) -> str:
        """Skips the next word if it is one of these. Empty if it is not."""
        return self.tokens.pop(0) if self.tokens and self.tokens[0] in words else ""

    def disjunction(self) -> Value:
        parts = [self.conjunction()]
        while self.take("or"):
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else disjunction_of(parts)

    def conjunction(self) -> Value:
        parts = [self.negation()]
        while self.take("and"):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else conjunction_of(parts)

    def negation(self) -> Value:
        return negated(self.negation()) if self.take("not") else self.test()

    def test(self) -> Value:
        value = self.comparison()
        while self.take("is"):
            wanted = not self.take("not")
            value = (value is {"null": None, "true": True, "false": False}[self.tokens.pop(0)]) is wanted
        return value

    def comparison(self) -> Value:
        value = self.range()
        sign = self.one_of("=", "<>", "!=", "<", "<=", ">", ">=")
        return compared(sign, value, self.range()) if sign else value

    def range(self) -> Value:
        value = self.sum()
        opposite = self.take("not")
        found = value
        if self.take("between"):
            low = self.sum()
            self.expect("and")
            found = conjunction_of([compared(">=", value, low), compared("<=", value, self.sum())])
        elif self.take("in"):
            found = disjunction_of([compared("=", value, wanted) for wanted in self.listed()])
        elif self.take("like"):
            found = is_like(value, self.sum())
        return negated(found) if opposite else found

    def listed(self) -> list[Value]:
        self.expect("(")
        result = [self.disjunction()]
        while self.take(","):
            result.append(self.disjunction())
        self.expect(")")
        return result

    def sum(self) -> Value:
        value = self.product()
        while sign := self.one_of("+", "-"):
            value = calculated(sign, value, self.product())
        return value

    def product(self) -> Value:
        factors = [self.signed()]
        while self.take("*"):
            factors.append(self.signed())
        return reduce(lambda left, right: calculated("*", left, right), factors)

    def signed(self) -> Value:
        if self.take("-"):
            return calculated("-", Decimal(0), self.signed())
        return self.signed() if self.take("+") else self.atom()

    def atom(self) -> Value:
        if self.next_is("("):
            (value,) = self.listed()
            return value
        if self.take("case"):
            return self.case()
        token = self.tokens.pop(0)
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if token[0].isdigit() or token[0] == ".":
            return Decimal(token)
        if token in ("true", "false"):
            return token == "true"
        return called(token, self.listed()) if token in FUNCTIONS and self.next_is("(") else self.value_of(token)

    def case(self) -> Value:
        """The first arm that is true, or whose value equals that after `case`. Without one, the value of `else`."""
        simple = not self.next_is("when")
        subject: Value = self.disjunction() if simple else None
        chosen: list[Value] = []
        while self.take("when"):
            condition = self.disjunction()
            fits = compared("=", subject, condition) if simple else condition
            self.expect("then")
            value = self.disjunction()
            chosen += [value] if fits is True else []
        if self.take("else"):
            chosen.append(self.disjunction())
        self.expect("end")
        return chosen[0] if chosen else None

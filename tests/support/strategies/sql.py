"""Expressions for `sql` leaves, from a grammar with types: numbers, texts, times and conditions.

Numbers stay small: a product has a short constant or a count in it, and no product is inside another.
"""

from collections.abc import Callable
from random import Random

from tests.support.strategies.catalog import ATTRIBUTES, METRICS, TIME_KINDS, type_of
from tests.support.strategies.rows import STRANGE_TEXTS, TEXTS

COLUMNS: dict[str, list[str]] = {}
for _name, _kind in sorted({**ATTRIBUTES, **METRICS}.items()):
    COLUMNS.setdefault(type_of(_kind), []).append(_name)

LITERALS = ("0", "1", "2", "3", "5", "-5", "0.5", "1.5", "12.5", "0.333333", "99.99", "100")
FACTORS = ("2", "3", "-1", "0.5", "1.25", "order_count", "visit_count", "channels_used")
COMPARISONS = ("=", "<>", "!=", "<", "<=", ">", ">=")
# No backslash: engines differ in whether it escapes.
LIKE = ("w%", "%o%", "_eb", "%", "100%", "O'%", "a_b", "", "%本%", "{{%")
FIND = ("web", "shop", "Web", "free", "pro", *TEXTS, *STRANGE_TEXTS)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def bracketed(text: str) -> str:
    """As one operand, for any surrounding text."""
    return f"({text})" if " " in text else text


def case(random: Random, depth: int, value: Callable[[], str]) -> str:
    otherwise = f" else {value()}" if random.randrange(3) else ""
    further = f" when {condition(random, 0)} then {value()}" if random.randrange(3) == 2 else ""
    return f"case when {condition(random, depth)} then {value()}{further}{otherwise} end"


def number(random: Random, depth: int) -> str:
    """With at least one column in it."""
    column = random.choice(COLUMNS["number"])
    if not depth:
        return column
    form = random.choice(("column", "sum", "difference", "product", "abs", "coalesce", "case", "extreme", "length"))
    inner = number(random, depth - 1)
    if form in ("sum", "difference"):
        sign = "+" if form == "sum" else "-"
        return f"{random.choice((column, random.choice(LITERALS)))} {sign} {bracketed(inner)}"
    if form == "product":
        return random.choice(("{0} * {1}", "{1} * {0}")).format(random.choice(FACTORS), column)
    if form == "coalesce":
        return f"coalesce({inner}, {random.choice((column, random.choice(LITERALS)))})"
    if form == "case":
        return case(random, 0, lambda: random.choice((number(random, 0), random.choice(LITERALS))))
    if form == "extreme":
        return f"{random.choice(('least', 'greatest'))}({inner}, {random.choice((column, random.choice(LITERALS)))})"
    if form == "length":
        return f"length({text(random, 0)})"
    return f"abs({inner})" if form == "abs" else column


def text(random: Random, depth: int) -> str:
    column = random.choice(COLUMNS["string"])
    if not depth:
        return column
    form = random.choice(("column", "lower", "upper", "coalesce", "case"))
    if form == "coalesce":
        return f"coalesce({column}, {random.choice((random.choice(COLUMNS['string']), quoted(random.choice(FIND))))})"
    if form == "case":
        return case(random, 0, lambda: random.choice((text(random, 0), quoted(random.choice(FIND)))))
    return column if form == "column" else f"{form}({text(random, depth - 1)})"


def moment(random: Random, kind: str, depth: int) -> str:
    column = random.choice(COLUMNS[kind])
    form = random.choice(("column", "coalesce", "case")) if depth else "column"
    if form == "coalesce":
        return f"coalesce({column}, {random.choice(COLUMNS[kind])})"
    return case(random, 0, lambda: random.choice(COLUMNS[kind])) if form == "case" else column


def comparison(random: Random, depth: int) -> str:
    """Two of one type, and between and in."""
    kind = random.choice(("number", "number", "string", "string", "time"))
    if kind == "number":
        left = number(random, depth)
        other = random.choice((random.choice(LITERALS), number(random, depth)))
        forms = {
            "compare": f"{left} {random.choice(COMPARISONS)} {other}",
            "between": f"{bracketed(left)} between {random.choice(('-5', '0', '1'))} and {bracketed(other)}",
            "in": f"{bracketed(left)} in ({', '.join(random.sample(LITERALS, random.randint(1, 4)))})",
        }
        return forms[random.choice(("compare", "compare", *forms))]
    if kind == "string":
        left = bracketed(text(random, depth))
        other = random.choice((quoted(random.choice(FIND)), bracketed(text(random, depth))))
        listed = ", ".join(quoted(each) for each in random.sample(FIND, random.randint(1, 5)))
        return random.choice(
            (
                f"{left} {random.choice(COMPARISONS[:3])} {other}",
                f"{left} in ({listed})",
                f"{left} like {quoted(random.choice(LIKE))}",
            )
        )
    kind = random.choice(TIME_KINDS)
    left, low, high = (moment(random, kind, depth) for _ in range(3))
    compared = f"{bracketed(left)} {random.choice(COMPARISONS)} {bracketed(low)}"
    return random.choice((compared, compared, f"{bracketed(left)} between {bracketed(low)} and {bracketed(high)}"))


def about_missing(random: Random) -> str:
    column = random.choice(COLUMNS[random.choice(sorted(set(COLUMNS) - {"strings"}))])
    return f"{column} is {random.choice(('null', 'not null'))}"


def about_truth(random: Random, depth: int) -> str:
    """A boolean attribute, or a condition tested for its truth, where NULL differs from false."""
    attribute = random.choice(COLUMNS["boolean"])
    asked = random.choice((attribute, f"coalesce({attribute}, {random.choice(('true', 'false'))})"))
    if depth and random.randrange(2):
        asked = f"({condition(random, depth - 1)})"
    return random.choice((asked, f"{asked} is {random.choice(('', 'not '))}{random.choice(('true', 'false'))}"))


def condition(random: Random, depth: int) -> str:
    leaves = ("comparison", "comparison", "comparison", "missing", "truth")
    form = random.choice((*leaves, *(("and", "or", "not", "case") if depth else ())))
    if form in ("and", "or"):
        parts = [condition(random, depth - 1) for _ in range(random.randint(2, 3))]
        # Sometimes without brackets, where `and` binds closer.
        wrap = bracketed if random.randrange(3) else str
        return f" {form} ".join(wrap(part) for part in parts)
    if form == "not":
        return f"not {bracketed(condition(random, depth - 1))}"
    if form == "case":
        return case(random, 0, lambda: random.choice((condition(random, 0), "true", "false")))
    if form == "missing":
        return about_missing(random)
    return about_truth(random, depth) if form == "truth" else comparison(random, depth)

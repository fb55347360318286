"""SQL expressions in rules: parsed, typed, and written so that every engine reads them alike.

sqlglot parses them. Only the nodes listed here pass; everything else is refused.
"""

from collections.abc import Callable

import sqlglot
from sqlglot import TokenType, exp
from sqlglot.errors import ParseError, SqlglotError, TokenError

from segctl.features import Feature
from segctl.language.literals import read_number, sql_text

Lookup = Callable[[str], Feature | None]

COMPARED = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
ORDERED = (exp.LT, exp.LTE, exp.GT, exp.GTE)
ARITHMETIC = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
SIGNS = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}
TEXT_FUNCTIONS: dict[type, tuple[str, str]] = {
    exp.Lower: ("lower", "string"),
    exp.Upper: ("upper", "string"),
    exp.Length: ("length", "number"),
}
CHOICES: dict[type, str] = {exp.Coalesce: "coalesce", exp.Least: "least", exp.Greatest: "greatest"}
# Harmless arguments that sqlglot may add to a node. Any other argument changes the meaning.
UNDERSTOOD = (
    *("this", "expression", "expressions", "low", "high", "ifs", "default", "true", "is_string", "quoted", "negate"),
    *("safe", "typed", "ignore_nulls"),
)
HINT = "one boolean expression over attributes and metrics; docs/language.md lists what it may contain"
QUOTED = (TokenType.STRING, TokenType.IDENTIFIER)
JINJA = ("Jinja", "write the value itself")
REFUSED_SIGNS = {
    **dict.fromkeys(("{", "{{", "{%", "{#", "{%-", "{{-"), JINJA),
    ";": ("a semicolon", "remove it"),
    "==": ("==", "write = for equal"),
    "~": ("~", "use matches: in a separate rule"),
}
# Parts of SQL that people may try: their name, and what to use instead.
REFUSED: dict[type, tuple[str, str]] = {
    exp.Div: ("/", "catalogue a ratio of two metrics"),
    exp.Mod: ("%", HINT),
    exp.DPipe: ("||", HINT),
    exp.Cast: ("a cast", "catalogue the column with the type that it should have"),
    exp.Interval: ("an interval", "write the window in a separate rule, with metric: or attribute:"),
    exp.Window: ("a window function", "for places among customers use rank:"),
    exp.Subquery: ("a subquery", HINT),
    exp.Query: ("a statement", HINT),
    exp.Exists: ("a subquery", HINT),
    exp.ILike: ("ilike", "write lower(…) like '…'"),
    exp.Placeholder: ("a placeholder", "write the value itself"),
    exp.AggFunc: ("an aggregate", "catalogue it as a metric and use its name"),
    exp.Rand: ("random()", "for a stable random share use sample:"),
    exp.CurrentDate: ("the clock", "write the window in a separate rule, with metric: or attribute:"),
    exp.CurrentTimestamp: ("the clock", "write the window in a separate rule, with metric: or attribute:"),
}
OF_TIMES = "dates cannot be written here: compare in a separate rule, for example before: 2024-12-31"


class Fault(Exception):
    """A problem with an expression. `column` is set for an unknown name."""

    def __init__(self, message: str, hint: str = HINT, column: str = "") -> None:
        super().__init__(message)
        self.hint, self.column = hint, column


def portable(text: str, feature: Lookup) -> str:
    """The expression in portable SQL. Raises Fault."""
    tree = _parsed(text)
    if any(node.comments for node in tree.walk()):
        raise Fault("a comment is not allowed in an SQL expression", "put it in the segment's description")
    sql, kind = _written(tree, feature)
    if kind not in ("boolean", "null"):
        raise Fault(f"the expression is a {kind}, not true or false", "compare it with something")
    if tree.find(exp.Column) is None:
        raise Fault("the expression uses no attribute or metric", "every customer would have the same answer")
    return sql


def _parsed(text: str) -> exp.Expression:
    if not text.strip():
        raise Fault("the SQL expression is empty", "for example lifetime_value > 3 * average_order_value")
    try:
        for token in sqlglot.tokenize(text):
            if token.text in REFUSED_SIGNS and token.token_type not in QUOTED:
                what, hint = REFUSED_SIGNS[token.text]
                raise Fault(f"{what} is not allowed in an SQL expression", hint)
        tree = sqlglot.parse_one(text)
    except TokenError as error:
        raise Fault("the SQL expression cannot be read", "is every text closed with a single quote?") from error
    except (SqlglotError, RecursionError) as error:
        near = error.errors[0].get("highlight") if isinstance(error, ParseError) and error.errors else ""
        hint = "is every bracket closed, is every text in single quotes?"
        raise Fault("not an SQL expression" + (f', from "{near}" on' if near else ""), hint) from error
    if not isinstance(tree, exp.Expression):
        raise Fault("the SQL expression is empty")
    return tree


def _written(node: exp.Expression, feature: Lookup) -> tuple[str, str]:
    """A node as SQL with its type. `null` fits every type."""
    for refused, (what, hint) in REFUSED.items():
        if isinstance(node, refused):
            raise Fault(f"{what} is not allowed in an SQL expression", hint)
    if isinstance(node, exp.Column) and len(node.parts) > 1:
        raise Fault(f"{node.sql()} names a table", "write the attribute's or metric's name alone")
    more = [key for key, value in node.args.items() if value and key not in UNDERSTOOD]
    if more:
        what = "a subquery" if more[0] == "query" else f"{more[0]} ({node.sql()[:40]})"
        raise Fault(f"{what} is not allowed in an SQL expression")
    if isinstance(node, exp.Paren):
        sql, kind = _written(node.this, feature)
        return f"({sql})", kind
    if isinstance(node, exp.Column):
        return _column(node, feature)
    if isinstance(node, exp.Literal | exp.Boolean | exp.Null | exp.Neg):
        return _value(node, feature)
    if isinstance(node, exp.And | exp.Or | exp.Not):
        return _logic(node, feature)
    if isinstance(node, exp.Binary):
        return _binary(node, feature)
    if isinstance(node, exp.Between | exp.In):
        return _range(node, feature)
    if isinstance(node, exp.Case | exp.If):
        return _case(node, feature)
    return _function(node, feature)


def _column(node: exp.Column, feature: Lookup) -> tuple[str, str]:
    name = node.name
    found = feature(name) or feature(name.lower())
    if found is None and node.this.args.get("quoted"):
        raise Fault(f'unknown attribute or metric "{name}"', f"put a text in single quotes: '{name}'")
    if found is None:
        raise Fault(f'unknown attribute or metric "{name}"', column=name)
    if found.type == "strings":
        raise Fault(f"{name} is a list, which SQL expressions cannot use", "use has: in a separate rule")
    return found.name, "timestamp" if found.type == "timestamptz" else found.type


def _value(node: exp.Expression, feature: Lookup) -> tuple[str, str]:
    if isinstance(node, exp.Neg):
        sql, kind = _written(node.this, feature)
        _fits(kind, ("number",), "-")
        return (f"-{sql}" if isinstance(node.this, exp.Literal) else f"-({sql})"), "number"
    if isinstance(node, exp.Boolean):
        return str(node.this).lower(), "boolean"
    if isinstance(node, exp.Null):
        return "null", "null"
    if node.args.get("is_string"):
        return sql_text(str(node.this)), "string"
    if read_number(str(node.this)) is None:
        raise Fault(f"{node.this} is not a number with at most six places")
    return str(node.this), "number"


def _logic(node: exp.Expression, feature: Lookup) -> tuple[str, str]:
    parts = [_written(part, feature) for part in (node.this, node.args.get("expression")) if part is not None]
    word = {"And": "and", "Or": "or", "Not": "not"}[type(node).__name__]
    for _, kind in parts:
        _fits(kind, ("boolean",), word)
    if word == "not":
        return f"not ({parts[0][0]})", "boolean"
    return f"{parts[0][0]} {word} {parts[1][0]}", "boolean"


def _binary(node: exp.Binary, feature: Lookup) -> tuple[str, str]:
    left, left_kind = _written(node.this, feature)
    right, right_kind = _written(node.expression, feature)
    if type(node) in ARITHMETIC:
        sign = ARITHMETIC[type(node)]
        _fits(left_kind, ("number",), sign)
        _fits(right_kind, ("number",), sign)
        return f"{left} {sign} {right}", "number"
    if isinstance(node, exp.Is):
        if not isinstance(node.expression, exp.Null | exp.Boolean):
            raise Fault("is takes null, not null, true or false")
        if isinstance(node.expression, exp.Boolean):
            _fits(left_kind, ("boolean",), "is true")
            return f"({left}) {{{{ segctl.is_exactly('{right}') }}}}", "boolean"
        return f"({left}) is {right}", "boolean"
    if isinstance(node, exp.Like):
        _fits(left_kind, ("string",), "like")
        _fits(right_kind, ("string",), "like")
        if "\\" in right:
            raise Fault(
                "a backslash in a pattern means different things to different engines",
                "use contains: in a separate rule",
            )
        return f"{left} {'not like' if node.args.get('negate') else 'like'} {right}", "boolean"
    if type(node) not in SIGNS:
        raise Fault(f"{type(node).__name__.lower()} is not allowed in an SQL expression")
    _alike([left_kind, right_kind], SIGNS[type(node)])
    if type(node) in ORDERED:
        for kind in (left_kind, right_kind):
            _fits(kind, ("number", "date", "timestamp"), SIGNS[type(node)])
    return f"{left} {SIGNS[type(node)]} {right}", "boolean"


def _range(node: exp.Expression, feature: Lookup) -> tuple[str, str]:
    sql, kind = _written(node.this, feature)
    if isinstance(node, exp.Between):
        low, high = (_written(node.args[key], feature) for key in ("low", "high"))
        for each in (kind, low[1], high[1]):
            _fits(each, ("number", "date", "timestamp"), "between")
        _alike([kind, low[1], high[1]], "between")
        return f"{sql} between {low[0]} and {high[0]}", "boolean"
    values = [_written(item, feature) for item in node.expressions]
    if not values:
        raise Fault("in takes a list of values")
    _alike([kind, *(each for _, each in values)], "in")
    return f"{sql} in ({', '.join(value for value, _ in values)})", "boolean"


def _case(node: exp.Expression, feature: Lookup) -> tuple[str, str]:
    if isinstance(node, exp.If) or node.this is not None:
        raise Fault("case is written: case when … then … else … end")
    written, kinds = [], []
    for branch in node.args["ifs"]:
        when, when_kind = _written(branch.this, feature)
        then, then_kind = _written(branch.args["true"], feature)
        _fits(when_kind, ("boolean",), "when")
        written.append(f"when {when} then {then}")
        kinds.append(then_kind)
    if node.args.get("default") is not None:
        other, kind = _written(node.args["default"], feature)
        written.append(f"else {other}")
        kinds.append(kind)
    return f"case {' '.join(written)} end", _alike(kinds, "case")


def _function(node: exp.Expression, feature: Lookup) -> tuple[str, str]:
    if type(node) in TEXT_FUNCTIONS and node.this is not None:
        name, result = TEXT_FUNCTIONS[type(node)]
        sql, kind = _written(node.this, feature)
        _fits(kind, ("string",), name)
        return f"{name}({sql})", result
    if isinstance(node, exp.Abs):
        sql, kind = _written(node.this, feature)
        _fits(kind, ("number",), "abs")
        return f"abs({sql})", "number"
    if type(node) in CHOICES:
        name = CHOICES[type(node)]
        parts = [_written(part, feature) for part in (node.this, *node.expressions)]
        kind = _alike([each for _, each in parts], name)
        if name != "coalesce":
            _fits(kind, ("number", "date", "timestamp"), name)
        return f"{name}({', '.join(sql for sql, _ in parts)})", kind
    name = node.sql_name().lower() if isinstance(node, exp.Func) and not isinstance(node, exp.Anonymous) else ""
    name = str(node.this) if isinstance(node, exp.Anonymous) else name
    what = f"the function {name}" if name else type(node).__name__.lower()
    clock = "write the window in a separate rule, with metric: or attribute:" if name in ("now", "today") else HINT
    raise Fault(f"{what} is not allowed in an SQL expression", clock)


def _fits(kind: str, wanted: tuple[str, ...], where: str) -> None:
    if kind not in (*wanted, "null"):
        hint = "compare it with something" if wanted == ("boolean",) else "catalogue the column with the type it has"
        if kind == "string" and "date" in wanted:
            hint = "texts have no order that every database agrees on: compare them with =, <>, in and like"
        if kind in ("date", "timestamp") and wanted == ("number",):
            hint = "times are not reckoned with here: windows (older_than: 60 days) and usual_gap do that"
        raise Fault(f"{where} needs {' or '.join(f'a {each}' for each in wanted)}, found a {kind}", hint)


def _alike(kinds: list[str], where: str) -> str:
    """The common type of several expressions."""
    found = {kind for kind in kinds if kind != "null"}
    if len(found) > 1:
        hint = "put texts in single quotes, and write numbers without"
        if found & {"date", "timestamp"}:
            hint = OF_TIMES
        raise Fault(f"{where} needs values of one type, found a {' and a '.join(sorted(found))}", hint)
    return found.pop() if found else "null"

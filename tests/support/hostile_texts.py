"""Texts in definitions that YAML, Jinja, JSON or SQL could misread."""

from random import Random

# Each is harmless in one language and a command in another.
PIECES = (
    *("{{ 1 + 1 }}", "{{ env_var('HOME') }}", "{{", "}}", "{%", "%}", "{#", "#}", "{{{", "}}}", "{ {", "{%- raw -%}"),
    *("{% endraw %}", "{% set x = 1 %}", "{# gone #}", "{{ doc('x') }}", "{{ target.name }}", "%}{%", "}}{{", "{", "}"),
    *("'", '"', "''", '""', "'''", "\\", "\\\\", "\\'", '\\"', "\\n", "\\u007b", "$$", "$query$", "${spark.x}", "%s"),
    *("no", "true", "null", "~", "1e400", "0x1F", "010", "1:30", "123456789012345678901234567890", "0.1", "-0"),
    *("[1, 2]", "{'a': 1}", '{"a": 1}', "('x',)", "b'x'", "json:", "json:{}", "None", "2024-01-01"),
    *("- x: y", ": ", " #", "&a", "*a", "!!str", "---", "...", "|", ">", "|-", ">-", "? x", "@", "`", "%YAML"),
    *("-- x", "/* x", "*/", ";", "');", "--", "\t", "\n", "\n\n", "\r\n", "\r", " ", "  ", ",", ", ", " " * 130),
    *("\x01", "\x1b[31m", "\x7f", "\xa0", "\xad", "\u200b", "\u200d", "\u2028", "\u2029", "\u202e", "\u2066", "\ufeff"),
    *(
        "\ufffe",
        "\uffff",
        "\U0001f680",
        "\U000e0041",
        "\U0010ffff",
        "é",
        "e\u0301",
        "ß",
        "日本",
        "שלום",
        "İ",
        "x" * 130,
    ),
)


def hostile(random: Random, pieces: int) -> str:
    """A text of some of them."""
    return "".join(random.choice(PIECES) for _ in range(pieces))

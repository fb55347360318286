"""What each warehouse's SQL knows, as far as we use it. Look up anything else, then list it here."""

import re
from collections.abc import Iterator

from tests.warehouses.shapes import tokens


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words before a bracket that are no functions.
_WORDS = _words(
    """in and or not as on using values over exists from when then else select where by union all distinct join between
    case with any insert"""
)
_COMMON = _words(
    """count sum min max coalesce cast abs avg round row_number rank ntile lag lower upper length extract substr nullif
    md5 mod least greatest decimal"""
)
FUNCTIONS = {
    "snowflake": _words(
        """concat dateadd datediff convert_timezone to_char hash_agg booland_agg array_contains to_variant
        regexp_instr date_trunc listagg percentile_cont group"""
    ),
    "bigquery": _words(
        """concat datetime_add date_add date_diff datetime_diff date datetime timestamp logical_and unnest array struct
        to_json_string farm_fingerprint to_hex regexp_contains numeric bignumeric options div timestamp_add date_trunc
        string_agg approx_quantiles offset"""
    ),
    "databricks": _words(
        """concat from_utc_timestamp datediff unix_micros array array_compact explode array_contains xxhash64 typeof
        bool_and varchar current_timezone date_trunc pmod timestampadd collect_list sort_array array_join
        percentile_cont group"""
    ),
    "redshift": _words("""dateadd datediff getdate convert_timezone decode fnv_hash bool_and varchar
        date_trunc listagg percentile_cont group"""),
    "trino": _words(
        """concat date_diff with_timezone to_unixtime from_big_endian_64 checksum row array contains regexp_like to_hex
        to_utf8 bool_and unnest varchar timestamp listed date_trunc date_add
        listagg approx_percentile group"""
    ),
}
_TYPES = _words("date boolean bigint decimal")
TYPES = {
    "snowflake": _words("varchar text timestamp_ntz double"),
    "bigquery": _words("string datetime float64 int64 bignumeric"),
    "databricks": _words("string timestamp double varchar"),
    "redshift": _words("text varchar timestamp double"),
    "trino": _words("varchar timestamp double"),
}
# What parsers let pass, and the warehouse would refuse.
REFUSED = {
    "snowflake": (r"at time zone", r"\bis (not )?(true|false)", r"interval ?'", r"cast\(null as timestamp\)"),
    "bigquery": (
        *(
            r"at time zone",
            r"interval ?'",
            r"timestamp ?'",
            r"\bescape ?'",
            r"union select",
            r"union \(",
            r"\bas values",
        ),
        *(
            r"\(values",
            r"double precision",
            r"decimal\(38",
            r"is (not )?distinct from",
            r"varchar",
            r"\w \(\w+(, \w+)* ?\) as \(",
        ),
    ),
    "databricks": (r"\bpurge\b", r"using iceberg", r"merge-on-read"),
    "redshift": (
        *(r"is (not )?distinct from", r"as \( ?values", r"\barray", r"concat\(", r"collate", r"merge into", r"jit"),
        *(r"pg_typeof", r"hash_record", r"unnest"),
    ),
    "trino": (r"\bis (not )?(true|false)", r"view \S+( security \w+)? as \(", r"temporary", r"as timestamp\)", r"; "),
}
ESCAPED = {"snowflake": True, "bigquery": True, "databricks": True, "redshift": True, "trino": False}


def bare(sql: str, dialect: str) -> str:
    """The text on one line in lower case, without literals and comments."""
    kept = ["''" if piece[0] == "'" else piece for piece in tokens(sql, ESCAPED[dialect]) if not piece.startswith("--")]
    return " ".join("".join(kept).lower().split())


def foreign(sql: str, dialect: str) -> Iterator[str]:
    """The parts of a statement that the warehouse does not know, or is not known to know."""
    text = bare(sql, dialect)
    known = _WORDS | _COMMON | FUNCTIONS[dialect]
    if text.startswith(("select", "with", "create", "merge", "delete from", "insert", "update")):
        columns_named = re.sub(
            r"(insert into|create( or replace)?( \w+)* (table|view)|with|,) [^ (]+ ?\((?=[\w, ]+\))", " ", text
        )
        for name in set(re.findall(r"(?<![.`\"\w])([a-z_]\w*) ?\(", columns_named)) - known:
            yield f"function {name}"
        for kind in set(re.findall(r"\bcast ?\([^()]*\bas ([a-z]\w*)", text)) - _TYPES - TYPES[dialect]:
            yield f"type {kind}"
    for pattern in REFUSED[dialect]:
        match = re.search(pattern, text)
        if match:
            yield f"refused: {text[max(0, match.start() - 60) : match.end() + 60]}"

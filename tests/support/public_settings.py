"""Settings of public dbt projects for all models and tests, and combinations of such settings."""

from collections.abc import Mapping
from random import Random
from typing import Any

Settings = Mapping[str, Any]
# The user's own models have settings with which they can be built.
STAGING = {"+materialized": "view", "+contract": {"enforced": False}, "+on_schema_change": "ignore", "+indexes": []}
OWN = {"shop": dict.fromkeys(("stg_customers", "stg_orders"), STAGING)}
# Settings of public projects for all models and tests at the project level, which also apply to ours.
PUBLIC: dict[str, Settings] = {
    "jaffle_shop": {"models": {"shop": {"+materialized": "table"}}, "seeds": {"shop": {"+schema": "raw"}}},
    "mattermost": {
        "models": {"shop": {"schema": "mart_web", "tags": ["nightly"]}},
        "quoting": {"database": True, "identifier": False, "schema": False},
        "data_tests": {"+severity": "{{ env_var('NOT_SET', 'warn') }}"},
    },
    "cal_itp": {
        "models": {
            "shop": {"schema": "staging", "+persist_docs": {"relation": True, "columns": True}, "+materialized": "view"}
        }
    },
    "open_learning": {
        "models": {"shop": {"+properties": {"format": "'PARQUET'"}, "+meta": {"required_docs": True}}},
        "data_tests": {"shop": {"+error_if": ">10"}},
        "dispatch": [{"macro_namespace": "dbt_utils", "search_order": ["trino_utils", "dbt_utils"]}],
    },
    "snowplow_web": {
        "models": {"shop": {"+materialized": "table", "+bind": False, "+schema": "derived", "+tags": "web"}},
        "on-run-end": ["select 1"],
    },
    "shopify": {"models": {"+schema": "shopify", "+materialized": "table"}},
    "dbt_artifacts": {
        "models": {
            "+materialized": "incremental",
            "+on_schema_change": "append_new_columns",
            "+full_refresh": False,
            "+file_format": "delta",
            **OWN,
        }
    },
    "production_blueprint": {
        "models": {
            "+contract": {"enforced": True},
            "+on_schema_change": "fail",
            "+persist_docs": {"relation": True, "columns": True},
            "shop": {name: {"+contract": {"enforced": False}} for name in ("stg_customers", "stg_orders")},
        }
    },
    "client_reporting": {
        "models": {"+post-hook": ["select 1"], "+access": "protected", "+docs": {"node_color": "#87CEEB"}},
        "data_tests": {"+store_failures": True, "+schema": "dq_exceptions"},
    },
    "peoplepulse": {
        "models": {
            "shop": {"+materialized": "incremental", "+on_schema_change": "sync_all_columns", "+unique_key": "id"}
            | OWN["shop"]
        },
        "data_tests": {"+enabled": False},
    },
}
# Values of settings that apply to our models, for combinations of them.
MODEL_VALUES: dict[str, list[object]] = {
    "+materialized": ["table", "view", "incremental", "ephemeral"],
    "+full_refresh": [True, False],
    "+unique_key": ["id", ["a", "b"]],
    "+on_schema_change": ["fail", "sync_all_columns", "append_new_columns"],
    "+incremental_strategy": ["append", "delete+insert"],
    "+contract": [{"enforced": True}],
    "+schema": ["extra"],
    "+tags": [["one", "two"]],
    "+persist_docs": [{"relation": True, "columns": True}],
    "+pre-hook": ["select 1"],
    "+unlogged": [True],
    "+indexes": [[{"columns": ["nothing_of_the_kind"]}]],
    "+docs": [{"show": False}],
}
TEST_VALUES: dict[str, list[object]] = {
    "+enabled": [False],
    "+severity": ["warn"],
    "+limit": [0, 1],
    "+where": ["1 = 0"],
    "+store_failures": [True],
    "+store_failures_as": ["table", "view"],
    "+error_if": [">10"],
    "+warn_if": [">10"],
    "+fail_calc": ["sum(nothing)"],
}


def combination(seed: int) -> Settings:
    """Some settings of all models and of all tests. The user's own models have those that let them be built."""
    dice = Random(seed)
    chosen = {
        kind: {key: dice.choice(values[key]) for key in sorted(dice.sample(sorted(values), dice.randint(2, 6)))}
        for kind, values in (("models", MODEL_VALUES), ("data_tests", TEST_VALUES))
    }
    return {"models": {**chosen["models"], **OWN}, "data_tests": chosen["data_tests"]}

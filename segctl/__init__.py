"""Customer segments as code: YAML definitions rendered to dbt models."""

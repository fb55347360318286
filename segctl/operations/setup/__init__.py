"""`segctl init`: the dbt package, the catalog and the project's own settings."""

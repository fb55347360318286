"""The files of a dbt project: definitions that are read, models that are written, other versions."""

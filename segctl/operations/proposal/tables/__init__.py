"""What the tables and columns of a dbt project seem to be."""

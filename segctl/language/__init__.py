"""The language that people write in: its syntax tree, the YAML reader, values, names, patterns."""

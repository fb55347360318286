"""Verbs about definitions: validate, explain, render, schema, new."""

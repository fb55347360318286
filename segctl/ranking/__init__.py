"""Customers ordered by a value."""

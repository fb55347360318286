"""Deliveries: sends joins and leaves since the last delivery to a webhook or a program."""

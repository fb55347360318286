"""Deliveries: what has joined and left since somebody was last told, sent to a webhook or a program."""

"""What rules count: events that are selected, aggregates of them, and what follows from these."""

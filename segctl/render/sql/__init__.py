"""SQL text that all kinds of models are made of."""

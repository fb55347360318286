"""The yml beside the models: descriptions, columns, tests, definitions as `meta`."""

"""Models of members: one for each definition file, and those of other entities."""

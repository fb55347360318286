"""Models of event sources: what a run found in them, their days, and the features of each."""

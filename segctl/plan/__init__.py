"""What is rendered: features, steps, boundaries, and the version of each segment."""

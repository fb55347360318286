"""What is printed while a run is at work, and of its outcome."""

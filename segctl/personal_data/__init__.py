"""Files that hold personal data: what is written for others, how it is registered and erased."""

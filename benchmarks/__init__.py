"""Speed and scale, beside what a person would otherwise write; see README.md."""

"""Speed and scale, compared with hand-written models; see README.md."""

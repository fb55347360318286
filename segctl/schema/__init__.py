"""JSON Schemas for editors: parts that rules share, and one document for each kind of file."""

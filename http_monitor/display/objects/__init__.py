"""Messages as objects of NDJSON."""

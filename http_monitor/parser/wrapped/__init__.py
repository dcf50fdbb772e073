"""Logs whose lines another program wrapped: detection, reading, and what changes."""

"""Logs of one JSON object a line."""

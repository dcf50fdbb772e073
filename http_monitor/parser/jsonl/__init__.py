"""Logs with one JSON object per line."""

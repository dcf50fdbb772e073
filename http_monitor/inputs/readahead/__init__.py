"""Parses the next chunks of a replay while the last ones are counted."""

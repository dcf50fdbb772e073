"""Reads lines one by one, whatever bytes they contain."""

"""Follows one path through rotation, truncation, replacement and restart."""

"""Reads what logs hold of the time before a run."""

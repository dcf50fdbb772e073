"""Finds the lines of a time span in files."""

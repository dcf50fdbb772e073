"""Writes what a panel shows to files."""

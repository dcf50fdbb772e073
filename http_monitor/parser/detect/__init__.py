"""Finds the format of a file by its lines, and notices when it changes."""

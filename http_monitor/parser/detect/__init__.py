"""Detects the format of a file from its lines, and notices when it changes."""

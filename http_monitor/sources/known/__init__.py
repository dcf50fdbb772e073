"""Recognises files: by their positions, their fingerprints, and copies of themselves."""

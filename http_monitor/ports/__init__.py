"""The protocols between parts, one contract per file, and the values that only they pass."""

"""The protocols at which parts meet, one contract a file, and the values that only they pass."""

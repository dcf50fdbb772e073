"""Text formats made of literals and fields."""

"""Text formats made of literal bytes with fields between them."""

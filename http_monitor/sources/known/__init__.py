"""How a file is known again: where it stood, by which bytes, and in copies of itself."""

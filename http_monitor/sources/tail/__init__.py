"""One path, followed through rotation, truncation, replacement and restart."""

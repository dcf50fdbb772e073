"""Access to the bytes of files."""

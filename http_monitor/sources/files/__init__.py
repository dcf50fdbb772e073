"""How bytes of files are reached."""

"""A replay that people play."""

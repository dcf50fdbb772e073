"""Why no lines come from a path."""

"""Where in a file the lines of a span of time are."""

"""One module for each program that wraps log lines."""

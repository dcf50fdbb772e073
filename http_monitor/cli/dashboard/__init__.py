"""Runs the monitor in a thread of its own, and the dashboard in the main thread."""

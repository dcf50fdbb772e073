"""Logs whose lines are wrapped by another program: detection, reading, and changes of the wrapper."""

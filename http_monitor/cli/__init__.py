"""The composition root: the only package that knows concrete classes."""

from http_monitor.cli.program import main

__all__ = ["main"]

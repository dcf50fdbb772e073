"""Monitors an HTTP access log: reports traffic and raises alerts."""

__version__ = "0.1.0"

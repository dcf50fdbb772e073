"""Turns the command line into `Settings`."""

from http_monitor.arguments.command_line import parse_arguments

__all__ = ["parse_arguments"]

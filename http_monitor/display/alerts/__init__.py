"""Alerts as text: their messages, storms and episodes."""

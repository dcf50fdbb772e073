"""Puts rows in the order in which they count, and decides what becomes of them by their time."""

"""Breaks down the requests behind an alert: the last rows are kept, and counted when it is raised."""

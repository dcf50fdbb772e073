"""Failures: rows with status 500–599, by endpoint, of an interval and of the run."""

"""Counts of the whole run besides its tables: failures and durations by endpoint."""

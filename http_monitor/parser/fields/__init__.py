"""Reads the texts of fields (times, durations, hosts, requests), one by one and in columns."""

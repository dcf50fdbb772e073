"""Counting in event time: buckets, windows, intervals."""

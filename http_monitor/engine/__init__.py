"""Rows in, closed buckets, alert events and reports out."""

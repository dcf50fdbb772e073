"""Exact counts: by bucket, window, interval and key."""

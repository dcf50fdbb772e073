"""From bytes to columns: the log formats."""

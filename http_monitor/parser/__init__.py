"""Log formats, which parse bytes into columns."""

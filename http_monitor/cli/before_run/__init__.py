"""What a live run learns of the time before it began."""

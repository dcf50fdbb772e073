"""What stands beside a log, and which of it rotation has made of the log."""

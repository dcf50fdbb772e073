"""What the system reports about the directories of logs."""

"""Watches the directories of logs for events of the system."""

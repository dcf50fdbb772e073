"""The dashboard: a full screen on which the past can be asked too."""

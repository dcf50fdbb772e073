"""What the dashboard shows, without a screen."""

"""Files reached through commands, here or on another machine."""

"""Access to files through commands, on this or another machine."""

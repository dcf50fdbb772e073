"""One small module for each program that puts something around lines."""

"""The files beside a log, and which of them rotation made of it."""

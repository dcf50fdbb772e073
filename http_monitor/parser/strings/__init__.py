"""Format strings that users paste: which program they are of, and the templates they stand for."""

"""Sources of bytes: growing files, finished files, standard input."""

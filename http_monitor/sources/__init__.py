"""Where bytes come from: files that grow, files that are done, standard input."""

"""Lines read one by one, whatever bytes they hold."""

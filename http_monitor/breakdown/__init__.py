"""What the requests behind an alert are: the rows of the last moments, kept and counted when it is raised."""

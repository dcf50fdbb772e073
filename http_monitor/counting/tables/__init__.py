"""Tables of counts by key, bounded, and the forms that their counts take."""

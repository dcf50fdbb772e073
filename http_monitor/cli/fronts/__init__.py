"""How a run is shown: printed, or on a full screen."""

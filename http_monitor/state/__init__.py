"""Where a run leaves what the next one goes on with."""

from http_monitor.state.opening import Opened, open_store, others
from http_monitor.state.place import default_directory, key_of

__all__ = ["Opened", "default_directory", "key_of", "open_store", "others"]

"""Watch what an HTTP access log says about a web server now."""

__version__ = "0.1.0"

"""Puts the modules together; the only place that knows all of them."""

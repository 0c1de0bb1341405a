"""A modular monolith: `core`, and modules on top of it that meet only through their `api`."""

"""What is configured: settings, lock, shared assets and template answers."""

"""Items: a small and complete module to start from."""

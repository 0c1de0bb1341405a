"""The loopback server that Codex takes for its model provider, and what can stand behind it."""

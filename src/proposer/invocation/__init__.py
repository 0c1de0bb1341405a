"""How Codex is started: the binary, its private homes and configuration, its sandbox, its events."""

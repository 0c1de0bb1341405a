"""What keeps a repository in shape: upgrades of Codex, updates of the template, and the ratchet over both."""

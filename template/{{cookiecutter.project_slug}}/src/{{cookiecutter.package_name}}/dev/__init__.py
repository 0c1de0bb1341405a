"""For developers: which runs of Codex stand behind the code that is deployed here."""

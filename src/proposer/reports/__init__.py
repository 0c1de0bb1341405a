"""How a run is shown: terminal, Markdown, JSON, SARIF; text of a model is made harmless first."""

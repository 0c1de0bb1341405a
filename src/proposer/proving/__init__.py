"""Proofs that the guardrails hold: replays of recorded runs, the rules' table, what AGENTS.md promises."""

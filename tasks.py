"""This repository uses its own tasks."""

from invoke import Collection

from proposer.tasks import codex

ns = Collection(codex)

"""What every module stands on: settings, credentials, problems, audit, idempotency, the database."""

"""Which values of an environment are taken for secrets, and that reports stay readable."""

import json

import pytest

from corpus.tokens import draw, seeded
from proposer.outputs.redact import Redactor, secret_values

CHANCE = seeded(4)
TOKEN = draw("{a40}", CHANCE)
SECRET = {
    "OPENAI_API_KEY": TOKEN,
    "GITHUB_TOKEN": draw("ghs_{a36}", CHANCE),
    "DB_PASSWORD": "correct-horse",
    "PGPASSWORD": "hunter22",
    "ADMIN_PASS": "Tr0ub4dor&3",
    "MY_SECRET": "blue heron 42",
    "BASIC_AUTH": "app:s3cr3tpw",
    "SENTRY_DSN": f"https://{draw('{h32}', CHANCE)}@o1.ingest.sentry.io/2",
    "SESSION_COOKIE": draw("{h32}", CHANCE),
    "SSH_PRIVATE_KEY": "-----BEGIN PRIVATE KEY-----\n" + draw("{s64}", CHANCE) + "\n-----END PRIVATE KEY-----\n",
    "npm_config__authToken": draw("{U}", CHANCE),
    "UNNAMED": draw("{a32}", CHANCE),
    "ALSO_UNNAMED": draw("{h40}", CHANCE),
}
INNOCENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/home/app",
    "PWD": "/home/app/secrets/token-service",
    "OLDPWD": "/home/app/passwords",
    "SHELL": "/bin/bash",
    "LANG": "en_US.UTF-8",
    "TERM": "xterm-256color",
    "LS_COLORS": "rs=0:di=01;34:ln=01;36:mh=00:pi=40;33:so=01;35:do=01;35",
    "SSH_AUTH_SOCK": "/tmp/ssh-XXXX9fGk2L/agent.4242",
    "XAUTHORITY": "/run/user/1000/gdm/Xauthority",
    "GIT_AUTHOR_NAME": "Jane Q. Author",
    "GIT_AUTHOR_EMAIL": "jane@example.org",
    "GOOGLE_APPLICATION_CREDENTIALS": "/var/run/secrets/google/key1.json",
    "AWS_SHARED_CREDENTIALS_FILE": "/home/app/.aws/credentials2",
    "AUTH_METHOD": "disabled",
    "AUTH_MODE": "production",
    "TOKEN_TYPE": "bearer",
    "TOKENIZERS_PARALLELISM": "false",
    "KEYBOARD_LAYOUT": "de-latin1",
    "POSTGRES_PASSWORD": "postgres",
    "DJANGO_SECRET_KEY": "changeme",
    "SECRET_KEY": "your-secret-key-here",
    "API_KEY": "required",
    "SESSION_TIMEOUT_KEY": "session.timeout.minutes",
    "API_TOKEN_URL": "https://auth.example.org/oauth2/token",
    "DATABASE_URL": "sqlite:///db.sqlite3",
    "GITHUB_SHA": draw("{h40}", CHANCE),
    "CI_COMMIT_SHA": draw("{h40}", CHANCE),
    "BUILDKITE_COMMIT": draw("{h40}", CHANCE),
    "GITHUB_RUN_ID": "12345678901",
    "GITHUB_REF": "refs/pull/17/merge",
    "GITHUB_REPOSITORY": "owner/long-repository-name-2",
    "GITHUB_WORKFLOW_REF": "owner/repo/.github/workflows/ci2.yml@refs/heads/main",
    "RUNNER_TEMP": "/home/runner/work/_temp",
    "INVOCATION_ID": draw("{h32}", CHANCE),
    "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/1000/bus",
    "CODEX_SESSION_ID": draw("{U}", CHANCE),
    "PYTHON_SHA256": draw("{h64}", CHANCE),
    "IMAGE_DIGEST": "sha256:" + draw("{h64}", CHANCE),
    "CI_COMMIT_MESSAGE": "Rotate the token that the service account uses for its 3rd party",
    "PS1": r"\[\e[32m\]\u@\h:\w\$ ",
    "EDITOR": "vim",
    "_": "/usr/bin/env",
}


@pytest.mark.parametrize("name", SECRET)
def test_a_secret_of_the_environment_is_masked(name: str) -> None:
    redactor = Redactor(secret_values({**INNOCENT, name: SECRET[name]}))
    assert SECRET[name] not in redactor.text(f"it says <{SECRET[name]}>")
    assert "[REDACTED:" in redactor.text(f"it says <{SECRET[name]}>")


@pytest.mark.parametrize("name", INNOCENT)
def test_an_innocent_value_is_left_alone(name: str) -> None:
    assert secret_values({name: INNOCENT[name]}) == []


def test_the_whole_innocent_environment_masks_nothing() -> None:
    text = json.dumps(INNOCENT, indent=1)
    assert Redactor(secret_values(INNOCENT)).text(text) == text


def test_the_password_of_a_url_is_a_secret_but_not_its_host() -> None:
    values = secret_values({"DATABASE_URL": "postgres://app:p%40ss-w0rd@db.example.org/app"})
    assert set(values) >= {"p%40ss-w0rd", "p@ss-w0rd"}
    assert Redactor(values).text("db.example.org/app and p@ss-w0rd") == "db.example.org/app and [REDACTED:value]"


def test_the_password_of_basic_credentials_is_a_secret_by_itself() -> None:
    assert "s3cr3tpw" in secret_values({"BASIC_AUTH": "app:s3cr3tpw"})


def test_the_leaves_of_a_json_value_are_secrets() -> None:
    token, key = draw("{a40}", CHANCE), "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n"
    document = {
        "type": "service_account",
        "project_id": "my-project-of-long-name",
        "private_key": key,
        "auths": {"x": {"auth": token}},
    }
    values = secret_values({"GCP_CREDENTIALS": json.dumps(document)})
    assert {token, key} <= set(values)
    assert "my-project-of-long-name" not in values

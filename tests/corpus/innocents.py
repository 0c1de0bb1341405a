"""Text without secrets that looks as if it had some: code, prose, hashes, lock files, images, placeholders."""

import argparse
import dataclasses
import http.client
import http.cookies
import inspect
import json
import json.decoder
import logging
import pathlib
import random
import string
import tokenize
import urllib.parse
from base64 import b64encode
from collections.abc import Callable

from corpus.tokens import draw, seeded

__all__ = ["CORPORA", "SNIPPETS", "corpora"]

_MODULES = (argparse, dataclasses, http.client, http.cookies, json.decoder, logging, pathlib, tokenize, urllib.parse)

SNIPPETS = tuple(
    r"""
print(f"password={password!r}")
"CUSTOM_AUTH", "AWS_SIGV4", "NO_AUTH"
"encryptionKey": "arn:aws:kms:eu-west-1:111122223333:key/a1b2c3d4-5678-90ab-cdef-1a2b3c4d5e6f"
"nextToken": "7f3c2b1e9d8a4f60b5e7c8d9a0f1e2d3"
"AWS::Redshift::EndpointAuthorization": "e72be424d109da1d"
USER_REGEX = r"(?:(?P<user>[^\s:/]*)(?::(?P<password>[^\s/]*))?@)?"
password: sha256
def connect(password: argon2): ...
login(user=user1, password=password1)
the token is refreshed every hour
| password | string | required |
the key moves on by keyboard2navigation
"title": "enter-your-new-password"
password = os.environ["X"]
password = os.environ.get("DB_PASSWORD", "")
token: str
token: str | None = None
def login(user: str, password: str) -> Token:
    def __init__(self, token: str, secret: bytes, api_key: Optional[str] = None) -> None:
api_key=<your key>
api_key = "<your-api-key>"
API_KEY=your-api-key-here
OPENAI_API_KEY=sk-...
OPENAI_API_KEY=sk-your-key-here
export GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
GITLAB_TOKEN=glpat-xxxxxxxxxxxxxxxxxxxx
SLACK_TOKEN=xoxb-your-bot-token
SECRET_KEY = env("SECRET_KEY")
SECRET_KEY = config("SECRET_KEY", default="change-me")
SECRET_KEY = "change-me-in-production"
password=***
password: ********
password = "********"
Authorization: Bearer <token>
Authorization: Bearer ${TOKEN}
Authorization: Bearer YOUR_TOKEN_HERE
headers = {"Authorization": f"Bearer {token}"}
headers["Authorization"] = "Bearer " + self.access_token
req.headers.authorization = `Bearer ${token}`;
curl -H "Authorization: Bearer $TOKEN" https://api.example.org/v1
curl -u "$USER:$PASSWORD" https://example.org
curl -u user:password https://example.org
docker run -u 1000:1000 -p 8080:80 app
mysql -u root -p app
GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}
password: ${{ secrets.DB_PASSWORD }}
password: {{ .Values.db.password }}
password: !vault |
password: $DB_PASSWORD
TOKEN=$(cat /run/secrets/token)
TOKEN="$(vault read -field=token secret/app)"
PASSWORD=${PASSWORD:?must be set}
PASSWORD=%PASSWORD%
the token is checked before the request is sent
The password must have at least 12 characters.
Passwords are hashed with argon2; secrets never leave the process.
Your token is expired. Your password is required.
tokenSequenceNumber = tokenList.nextSequenceNumber2
const tokenSequenceNumber: number = 12345678;
max_tokens: 4096
"max_tokens": 128000, "input_tokens": 1234567, "token_type": "bearer"
{"token": "identifier", "type": "keyword.control.flow"}
{ token: "string.escape", foreground: "d7ba7d" }
tokens = tokenizer.encode(text); token = tokens[0]
if token.type == TokenType.IDENTIFIER2:
return secrets.compare_digest(token, expected_token)
password = getpass.getpass("Password: ")
password = forms.CharField(widget=forms.PasswordInput, max_length=128)
password_field = "password_confirmation_2"
password_hash = hash_password(password, rounds=12)
<input type="password" name="password" placeholder="Enter your password" autocomplete="current-password">
<label for="password">Password</label>
password: "Enter your password"
passwordLabel: "Passwort wiederholen"
secret_name = "projects/p/secrets/db-password/versions/latest"
secretName: app-tls-secret
key_vault_secret_id = azurerm_key_vault_secret.db.id
private_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
private_key_path: /etc/ssl/private/app.key
ssl_certificate_key /etc/nginx/ssl/app.key;
GOOGLE_APPLICATION_CREDENTIALS=/var/run/secrets/google/key.json
AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID}
access_key = access_key or settings.AWS_ACCESS_KEY
cache_key = f"user:{user.id}:profile:{version}"
primary_key = True; foreign_key = "accounts.id"
public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG9uZSBtb3JlIHB1YmxpYyBrZXkgZm9yIHRlc3Rz app@host"
i18n_key: settings.security.password.reset.title
sort_key = lambda row: row.created_at
Set-Cookie: theme=dark; Path=/; SameSite=Lax; Max-Age=31536000
document.cookie = "lang=en-US; path=/";
response.set_cookie("sessionid", session.session_key, httponly=True)
https://user:password@example.com/path
postgresql://postgres:postgres@localhost:5432/app
postgres://${DB_USER}:${DB_PASSWORD}@${DB_HOST}/app
https://example.org:8443/a@b/c
https://registry.example.org:5000/team/image@sha256:{h64}
git@github.com:owner/repo.git
ssh://git@github.com/owner/repo.git
//registry.example.org/:_authToken=${NPM_TOKEN}
auth: sha256
authentication: "scram-sha-256"
http_basic_auth = HTTPBasicAuth(user, password)
Basic authentication is not supported; use Bearer authentication instead.
Bearer token-authentication-with-rotating-keys
-----BEGIN CERTIFICATE-----
-----BEGIN PUBLIC KEY-----
if "-----BEGIN RSA PRIVATE KEY-----" in text: return True
-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----
PEM_HEADER = "-----BEGIN %s PRIVATE KEY-----"
risk-assessment-framework-for-2023-and-later-editions
task-list-item-checkbox-label-container-2
disk-0-snapshot-2024-01-01-daily-backup
/dev/disk/by-id/nvme-Samsung_SSD_970_EVO_Plus_1TB
desk-research-summary-v2-final-2024
ask-me-anything-about-kubernetes-1-29-upgrade
pypi-publish-action-release-workflow-v1
npm_config_registry=https://registry.example.org
npm_package_dependencies_react_router_dom
hf_transfer_enabled_for_downloads_by_default_now
sk_buff_head_init_class_lockdep_key_registered
test_user_can_reset_password_with_valid_token_2fa
live_view_socket_disconnect_after_timeout_30s
key-value-store-implementation-with-redis-7
SG.Components.Buttons.PrimaryButtonWithIcon
xoxo-love-and-hugs-from-the-team
eyJust.kidding.this.is.prose
src/components/authentication/PasswordResetForm.test.tsx
com.example.security.oauth2.client.TokenEndpointFilter
org.springframework.security.oauth2.core.OAuth2AccessToken
java.util.concurrent.ConcurrentHashMap$Segment0x000000010001
Base64.getEncoder().encodeToString(bytes)
ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/
abcdefghijklmnopqrstuvwxyz0123456789_-ABCDEFGHIJKLMNOPQRSTUVWXYZ
0123456789abcdef0123456789abcdef
DEFAULT_AUTHENTICATION_CLASSES = ("rest_framework.authentication.TokenAuthentication",)
INSTALLED_APPS = ["rest_framework.authtoken", "django.contrib.sessions"]
"scripts": {"auth:token": "node scripts/token.js", "secret:scan": "gitleaks detect"}
[REDACTED:github] and password = "[REDACTED:assignment]"
SSN is short for social security number; a SIN is another thing.
""".strip().splitlines()
)


def _hashes(chance: random.Random) -> str:
    shapes = (
        "{h32}",
        "{h40}",
        "{h64}",
        "{h128}",
        "sha256:{h64}",
        "{U}",
        "{h7}..{h7}",
        "index {h7}..{h7} 100644",
        "urn:uuid:{U}",
    )
    return "\n".join(
        f"{number:06d} {draw(chance.choice(shapes), chance)}  file-{number}.tar.gz" for number in range(2000)
    )


def _npm(chance: random.Random) -> str:
    packages = {
        f"node_modules/package-{number}": {
            "version": f"{number % 9}.{number % 7}.{number % 5}",
            "resolved": f"https://registry.example.org/package-{number}/-/package-{number}-1.0.{number % 9}.tgz",
            "integrity": "sha512-" + draw("{s86}", chance) + "==",
        }
        for number in range(800)
    }
    return json.dumps({"lockfileVersion": 3, "packages": packages}, indent=2)


def _locks(chance: random.Random) -> str:
    rows = []
    for number in range(600):
        rows += [
            f"package-{number}==1.{number}.0 \\",
            f"    --hash=sha256:{draw('{h64}', chance)} \\",
            f"    --hash=sha256:{draw('{h64}', chance)}",
            f"example.org/mod-{number} v1.2.{number} h1:{draw('{s43}', chance)}=",
            f'checksum = "{draw("{h64}", chance)}"',
            f"  resolution: {{integrity: sha512-{draw('{s86}', chance)}==}}",
        ]
    return "\n".join(rows)


def _images(chance: random.Random) -> str:
    def image(size: int) -> str:
        return b64encode(b"\x89PNG\r\n\x1a\n" + chance.randbytes(size)).decode()

    data = [f'<img src="data:image/png;base64,{image(3000)}">' for _ in range(20)]
    wrapped = image(9000)
    return "\n".join(data) + "\n" + "\n".join(wrapped[at : at + 76] for at in range(0, len(wrapped), 76))


def _certificates(chance: random.Random) -> str:
    blocks = []
    for _ in range(20):
        body = "MIID" + draw("{s1200}", chance)
        lines = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
        blocks.append(f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n")
    return "".join(blocks)


def _minified(chance: random.Random) -> str:
    names = string.ascii_letters + "_$"
    words = ("token", "key", "secret", "password", "auth", "type", "value", "push", "length", "prototype", "call")
    parts = []
    for _ in range(6000):
        a, b, c = (chance.choice(names) + chance.choice(names) for _ in range(3))
        word = chance.choice(words)
        parts.append(chance.choice((
            f"{a}.{word}={b}.{word}||{c}", f"{word}:{a}({b},{c})", f"function {a}({word}){{return {b}[{word}]}}",
            f"{a}&&{b}.{word}({c})", f'{word}:"{chance.choice(words)}"', f"{a}={chance.randrange(10**6)}",
            f"var {a}=this.{word}",
        )))  # fmt: skip
    return ";".join(parts)


def _events(chance: random.Random) -> str:
    rows = []
    for number in range(400):
        item = {"id": f"item_{number}", "type": "agent_message", "text": chance.choice(SNIPPETS)}
        usage = {
            "input_tokens": chance.randrange(10**6),
            "cached_input_tokens": 0,
            "output_tokens": chance.randrange(10**4),
        }
        thread = draw("{U}", chance)
        rows += [
            json.dumps({"type": "item.completed", "item": item}),
            json.dumps(
                {"type": "turn.completed", "usage": usage, "thread_id": thread, "call_id": draw("call_{a24}", chance)}
            ),
        ]
    return "\n".join(rows)


def _numbers(chance: random.Random) -> str:
    def one() -> str:
        digit, large = chance.randrange(10), chance.randrange(10**9)
        address = ".".join(str(chance.randrange(256)) for _ in range(4))
        moment = f"2024-0{1 + digit % 9}-1{digit}T12:00:0{digit}.{large % 10**6:06d}Z"
        return chance.choice((
            f"{chance.random()}", f"{large}", f"170{large:09d}1", f"{chance.uniform(-1e6, 1e6):.6f}", moment, address,
            f"0x{chance.getrandbits(64):016x}", f"+49 30 {large % 10**7:07d}", f"v{digit}.{large % 90}.0",
        ))  # fmt: skip

    return "\n".join(one() for _ in range(3000))


def _sources(_: random.Random) -> str:
    """Return code of the standard library that deals with names, parsing and the network."""
    return "\n".join(inspect.getsource(module) for module in _MODULES)


CORPORA: dict[str, Callable[[random.Random], str]] = {
    "snippets": lambda chance: draw("\n".join(SNIPPETS), chance),
    "hashes": _hashes,
    "package-lock": _npm,
    "lock files": _locks,
    "images": _images,
    "certificates": _certificates,
    "minified code": _minified,
    "events": _events,
    "numbers": _numbers,
    "library code": _sources,
}


def corpora(seed: int = 1) -> dict[str, str]:
    """Return each corpus by name."""
    return {name: make(seeded(seed)) for name, make in CORPORA.items()}

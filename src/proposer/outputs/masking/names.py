"""Which identifiers name a secret: `DB_PASSWORD`, `clientSecret`, `x-api-key`; and which only sound like it."""

import re
from functools import lru_cache
from typing import Literal

__all__ = ["KEYWORDS", "Kind", "kind_of"]

Kind = Literal["password", "secret", ""]
"""What a name promises: something that a person thought of, something drawn at random, or nothing."""

KEYWORDS = (
    "pass", "pw", "secret", "token", "key", "auth", "cred", "jwt", "dsn", "phrase", "mnemonic", "salt", "pepper",
    "seed",
)  # fmt: skip
"""One of these occurs in every name that `kind_of` knows, in small letters."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
"""Figures say nothing: `token2`, `ed25519_key`."""

_TRAILING_TEXT = """
    prod production dev development test testing staging stage live sandbox old new current default primary
    secondary main value val str string text plain plaintext raw b base encoded env var ci backup local
"""
_TRAILING = frozenset(_TRAILING_TEXT.split())
_PASSWORDS_TEXT = """
    pwd pw pass passcode psw pswd userpass dbpass storepass keypass sshpass authpass mnemonic
"""
_PASSWORDS = frozenset(_PASSWORDS_TEXT.split())
_SECRETS_TEXT = """
    secrets jwt authkey credential credentials creds authorization auth accountkey sharedkey masterkey encryptionkey
    signingkey dsn subscriptionkey appkey licensekey sessionkey hmackey salt pepper
"""
_SECRETS = frozenset(_SECRETS_TEXT.split())
_KEYS_TEXT = """
    api access secret private auth encryption encrypt decryption signing sign account shared master storage
    service server deploy license session webhook app application consumer integration ssh hmac crypt aes
    subscription functions admin client developer partner rsa ecdsa ed gpg pgp tls ssl jwt cookie hook
    restricted ingest ingestion write cipher wallet role enc crypto root bot
    openai anthropic gemini mistral cohere groq stripe sendgrid mailgun twilio mailchimp algolia datadog sentry
    newrelic google maps gcp aws azure github gitlab slack telegram discord shopify paypal braintree square
    pusher firebase supabase cloudflare digitalocean heroku linode vultr fastly netlify vercel mapbox segment
    mixpanel amplitude intercom zendesk hubspot launchdarkly pagerduty opsgenie splunk elastic grafana
"""
_KEYS = frozenset(_KEYS_TEXT.split())
_PLACES = frozenset(
    {
        "next",
        "page",
        "pagination",
        "paging",
        "continuation",
        "cursor",
        "idempotency",
        "sync",
        "lock",
        "change",
        "starting",
    }
)
"""Before `token`: a place in a list, or the name of a request."""

_SENDERS = frozenset({"", "http", "proxy", "x", "header", "headers", "basic", "registry", "auth", "request"})
"""Before `authorization`, where it is a header and no name of a resource."""

_PASSWORD_PAIRS = {"phrase": {"pass", "seed", "recovery", "backup", "secret", "wallet"}, "word": {"pass"}}
_SECRET_PAIRS = {
    "key": _KEYS,
    "keys": _KEYS,
    "seed": {"otp", "totp", "mfa", "wallet", "hd", "master", "secret", "private"},
}
_PASSWORD_ENDINGS = ("password", "passwd", "passphrase", "passwort")
_SECRET_ENDINGS = (
    "secret",
    "token",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
)


@lru_cache(maxsize=8192)
def kind_of(name: str) -> Kind:
    """Return what an identifier promises, in any spelling: snake_case, kebab-case, camelCase, with prefix and stage."""
    words = [word.lower() for word in _WORDS.findall(name[-80:])]
    while len(words) > 1 and words[-1] in _TRAILING:
        words.pop()
    if words[:2] == ["tf", "token"]:  # TF_TOKEN_app_terraform_io: the host comes last
        return "secret"
    last, before = words[-1] if words else "", words[-2] if len(words) > 1 else ""
    if (last == "token" and before in _PLACES) or (last == "authorization" and before not in _SENDERS):
        return ""
    if last in _PASSWORDS or last.endswith(_PASSWORD_ENDINGS) or before in _PASSWORD_PAIRS.get(last, ()):
        return "password"
    if last in _SECRETS or last.endswith(_SECRET_ENDINGS) or before in _SECRET_PAIRS.get(last, ()):
        return "secret"
    return "secret" if words[-3:] == ["access", "key", "id"] else ""

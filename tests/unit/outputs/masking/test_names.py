"""Which names promise a secret, as configurations and code write them, and which only sound like it."""

import pytest

from corpus.tokens import draw, seeded
from proposer.outputs.masking.names import kind_of
from proposer.outputs.redact import Redactor

VALUE = draw("{a24}", seeded(36))
PLAIN = Redactor()

PASSWORDS = """
    PASSWORD CHANGE_PASSWORD DB_PASSWORD adminPassword my-password userpassword MYSQL_PWD ROOT_PW LDAP_PASS
    SMTP_PASSWD rootpasswd SSH_PASSPHRASE keypassphrase DB_PASSCODE MQ_PSW APP_PSWD USERPASS dbpass storepass keypass
    sshpass authpass WALLET_MNEMONIC DbPasswort PASS_WORD PASS_PHRASE seed_phrase RECOVERY_PHRASE backupPhrase
    secret-phrase walletPhrase
"""
SECRETS = """
    SECRET clientSecret appsecret APP_SECRETS TOKEN mytoken accessToken GITHUB_TOKEN jwt SESSION_JWT myapikey APIKEY
    accesskey secretkey privatekey authkey CREDENTIAL db_credentials aws-creds Authorization auth PROXY_AUTH
    accountkey sharedkey masterkey encryptionkey signingkey SENTRY_DSN subscriptionkey appkey licensekey sessionkey
    hmackey PASSWORD_SALT auth.pepper token2 API_KEYS TF_TOKEN_app_example_io AWS_ACCESS_KEY_ID OTP_SEED totpSeed
    mfa_seed WALLET_SEED hd_seed masterSeed secret_seed PRIVATE_SEED HTTP_AUTHORIZATION proxy-authorization
    X-Authorization header.authorization headersAuthorization BASIC_AUTHORIZATION registryAuthorization
    auth_authorization requestAuthorization
"""
KEYS = """
    api access secret private auth encryption encrypt decryption signing sign account shared master storage service
    server deploy license session webhook app application consumer integration SSH hmac crypt aes256 subscription
    functions admin client developer partner RSA ecdsa ed25519 gpg pgp tls ssl jwt cookie hook restricted ingest
    ingestion write cipher wallet role enc crypto root bot OPENAI ANTHROPIC GEMINI MISTRAL COHERE GROQ STRIPE SENDGRID
    MAILGUN TWILIO MAILCHIMP ALGOLIA DATADOG SENTRY NEWRELIC GOOGLE MAPS GCP AWS AZURE GITHUB GITLAB SLACK TELEGRAM
    DISCORD SHOPIFY PAYPAL BRAINTREE SQUARE PUSHER FIREBASE SUPABASE CLOUDFLARE DIGITALOCEAN HEROKU LINODE VULTR
    FASTLY NETLIFY VERCEL MAPBOX SEGMENT MIXPANEL AMPLITUDE INTERCOM ZENDESK HUBSPOT LAUNCHDARKLY PAGERDUTY OPSGENIE
    SPLUNK ELASTIC GRAFANA
"""
STAGES = """
    PROD production Dev development test testing staging stage live sandbox OLD new current default primary secondary
    main value val str string text plain plaintext raw B64 base64 encoded env var ci backup local 2 2024
"""
INNOCENT = """
    key keys KEYBOARD monkey cache_key primaryKey public_key sort-key keyword token_count tokenizer TOKENS_USED
    max_tokens nextToken page_token paginationToken pagingToken continuation_token cursorToken idempotency-token
    syncToken LOCK_TOKEN changeToken startingToken EndpointAuthorization authorizationUrl author authority compass
    phrase word catch_phrase random_seed seed string env prod 2024 _ salted seeder passing passenger secretary credit
    dsname key_id
"""


@pytest.mark.parametrize("name", PASSWORDS.split())
def test_a_name_promises_a_password(name: str) -> None:
    assert kind_of(name) == "password"


@pytest.mark.parametrize("name", SECRETS.split())
def test_a_name_promises_a_secret(name: str) -> None:
    assert kind_of(name) == "secret"


@pytest.mark.parametrize("word", KEYS.split())
def test_a_key_of_something_is_a_secret(word: str) -> None:
    assert kind_of(f"{word}_key") == kind_of(f"{word}-keys") == "secret"


@pytest.mark.parametrize("stage", STAGES.split())
def test_a_stage_or_a_form_may_follow_a_name(stage: str) -> None:
    assert kind_of(f"API_TOKEN_{stage}") == "secret"
    assert kind_of(f"db-password-{stage}-{stage}") == "password"


@pytest.mark.parametrize("name", [*INNOCENT.split(), ""])
def test_a_name_that_only_sounds_like_it_promises_nothing(name: str) -> None:
    assert kind_of(name) == ""


@pytest.mark.parametrize(
    "name",
    ["DB_PASS", "ROOT_PW", "CLIENT_SECRET", "API_TOKEN", "ENC_KEY", "PROXY_AUTH", "AWS_CREDS", "SESSION_JWT",
     "SENTRY_DSN", "RECOVERY_PHRASE", "WALLET_MNEMONIC", "HASH_SALT", "HASH_PEPPER", "OTP_SEED"],
)  # fmt: skip
def test_what_a_name_promises_is_looked_for_in_every_text(name: str) -> None:
    assert PLAIN.text(f"{name}={VALUE}") == f"{name}=[REDACTED:assignment]"

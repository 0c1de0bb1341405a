"""Made-up secrets that only the place tells: assignments in every notation, headers, URLs, command lines, key files."""

import random
from collections.abc import Iterator
from typing import NamedTuple

from corpus.tokens import draw, seeded

__all__ = ["Case", "cases"]


class Case(NamedTuple):
    """A text with one secret in it."""

    rule: str
    before: str
    secret: str
    after: str

    @property
    def text(self) -> str:
        return f"{self.before}{self.secret}{self.after}"

    @property
    def masked(self) -> str:
        return f"{self.before}[REDACTED:{self.rule}]{self.after}"


_STEM, _NUMBER, _MARK = ("Tr0ub", "corr3ct", "Winter", "hunter", "dr4gon"), "{d4}", "!#&"
"""What people make passwords of."""

# A row: rule, before, shape, after. `{P}` stands for a password, other places as in `corpus.tokens`.
_KEY = "{s64}\n{s64}\n{s64}\n{s30}=="
_ROWS: tuple[tuple[str, str, str, str], ...] = (
    # Assignments: environment files and shells
    ("assignment", "DB_PASSWORD=", "{P}", "\n"),
    ("assignment", "export API_KEY=", "{a32}", " # gitleaks:allow\n"),
    ("assignment", "export SECRET_KEY='", "{b50}", "'"),
    ("assignment", "SECRET_KEY = '", "{j50}", "'"),
    ("assignment", 'SECRET_KEY = "', "django-insecure-{j50}", '"'),
    ("assignment", "DJANGO_SECRET_KEY=", "{j50}", "\n"),
    ("assignment", "export TF_TOKEN_app_terraform_io=", "{a40}", "\n"),
    ("assignment", "MYSQL_PWD=", "{P}", " mysqldump app"),
    ("assignment", "set PGPASSWORD=", "{P}", ""),
    ("assignment", "aws_secret_access_key = ", "{s40}", "\n"),
    ("assignment", "HEROKU_API_KEY=", "{U}", ""),
    ("assignment", '$env:CLIENT_SECRET = "', "{b34}", '"'),
    ("assignment", "//registry.example.org/:_authToken=", "{U}", "\n"),
    ("assignment", "DD_API_KEY=", "{h32}", ""),
    ("assignment", "TWILIO_AUTH_TOKEN=", "{h32}", ""),
    ("assignment", "CLOUDFLARE_API_TOKEN=", "{b40}", ""),
    ("assignment", "ENV API_TOKEN ", "{a32}", "\n"),
    ("assignment", 'set SMTP_PASSWORD "', "{a32}", '"'),
    ("assignment", "| SIGNING_KEY | ", "{a32}", " |"),
    ("assignment", "ROOT_PW=", "{P}", ""),
    ("assignment", "SERVICE_ROLE_KEY=", "{a32}", ""),
    ("assignment", "OPENAI_KEY=", "{a32}", ""),
    ("assignment", "AUTH_SALT=", "{a32}", ""),
    ("assignment", "OTP_SEED=", "{a32}", ""),
    ("assignment", "client_secret=", "{a12}.{a20}", "\n"),
    ("assignment", "encryption.key=", "{a32}", "\n"),
    ("assignment", "the API key is ", "{a32}", "."),
    ("assignment", "user=app password=", "{P}", " host=db"),
    ("assignment", "db_pass: ", "hunter{d1}", "\n"),
    ("assignment", "Password=", "hunter{d1}", ";Server=db"),
    ("assignment", 'password: "', "correct-horse-battery-staple", '"'),
    ("assignment", '#define WIFI_PASSWORD "', "{P}", '"'),
    ("assignment", 'const token string = "', "{a32}", '"'),
    ("assignment", "login with password ", "Winter{d4}!", " failed"),
    ("assignment", 'process.env.TOKEN || "', "{a32}", '"'),
    ("assignment", "gh auth login --with-token <<< ", "{a32}", "\n"),
    ("assignment", "seed phrase: ", "legal winner thank year wave sausage worth useful", "\n"),
    ("assignment", 'variable "db_password" { default = "', "{P}", '" }'),
    ("assignment", '"adminPassword": {"value": "', "{P}", '"}'),
    ("assignment", '<wsse:Password Type="x">', "{P}", "</wsse:Password>"),
    ("assignment", "csrfmiddlewaretoken=", "{a64}", ""),
    ("command-line", 'echo "', "{P}", '" | sudo -S ls'),
    ("command-line", "echo '", "{P}", "' | docker login -u x --password-stdin"),
    ("basic", 'requests.get(url, auth=("app", "', "{P}", '"))'),
    ("basic", 'HTTPBasicAuth("app", "', "{P}", '")'),
    ("azure-client", "see xY28", "Q~V.{a31}", " here"),
    # YAML, TOML, INI, JSON, XML
    ("assignment", "  password: ", "{P}", "\n"),
    ("assignment", '  password: "', "{P}", '"\n'),
    ("assignment", "secret_key_base: ", "{h128}", "\n"),
    ("assignment", "- name: DB_PASSWORD\n  value: ", "{P}", "\n"),
    ("assignment", 'client-secret = "', "{a32}", '"\n'),
    ("assignment", '{"password": "', "{P}", '", "user": "app"}'),
    ("assignment", '{"name": "API_TOKEN", "value": "', "{a32}", '"}'),
    ("assignment", '{"value": "', "{a32}", '", "name": "API_TOKEN"}'),
    ("assignment", '{\\"accessToken\\": \\"', "{a32}", '\\"}'),
    ("assignment", "<password>", "{P}", "</password>"),
    ("assignment", '<add key="ApiKey" value="', "{a32}", '" />'),
    ("assignment", '<string name="api_key">', "{a32}", "</string>"),
    ("assignment", "Server=db;User Id=app;Password=", "{P}", ";Encrypt=true"),
    ("assignment", "AccountName=x;AccountKey=", "{s86}==", ";EndpointSuffix=core.windows.net"),
    # Code
    ("assignment", 'password = "', "{P}", '"'),
    ("assignment", "PASSWORD = '", "{P}", "'"),
    ("assignment", 'connect(host, password="', "{P}", '")'),
    ("assignment", 'secret: str = "', "{a32}", '"'),
    ("assignment", "const apiKey = `", "{a32}", "`;"),
    ("assignment", 'let token: &str = "', "{a32}", '";'),
    ("assignment", 'token := "', "{a32}", '"'),
    ("assignment", 'String dbPassword = "', "{P}", '";'),
    ("assignment", 'if password == "', "{P}", '":'),
    ("assignment", 'config["client_secret"] = "', "{a32}", '"'),
    ("assignment", "'secret' => '", "{a32}", "',"),
    ("assignment", 'props.setProperty("password", "', "{P}", '");'),
    ("assignment", 'signing_key = (\n    "', "{a40}", '"\n)'),
    # Requests
    ("assignment", "GET /v1?user=1&access_token=", "{a40}", "&page=2"),
    ("assignment", "X-API-Key: ", "{a32}", "\r\n"),
    ("assignment", "PRIVATE-TOKEN: ", "{b20}", "\n"),
    ("assignment", "X-Vault-Token: ", "{b24}", "\n"),
    ("assignment", "grant_type=password&client_secret=", "{a32}", "&scope=x"),
    # Command lines and speech
    ("assignment", "tool --user x --password ", "{P}", " --verbose"),
    ("assignment", "tool --api-key=", "{a32}", " run"),
    ("assignment", "keytool -storepass ", "{P}", " -list"),
    ("assignment", "the password is ", "{P}", " as ever"),
    ("assignment", "CREATE USER app PASSWORD '", "{P}", "';"),
    # Headers
    ("authorization", "Authorization: Bearer ", "{a40}", "\r\n"),
    ("authorization", "Authorization: Token ", "{h40}", "\n"),
    ("authorization", "Authorization: ApiKey ", "{a40}", "\n"),
    ("authorization", "Proxy-Authorization: Basic ", "YXBwOnswM3JldHM{a8}", "\n"),
    ("authorization", "curl -H 'Authorization: Bearer ", "{b60}", "' https://example.org"),
    ("authorization", "Authorization: SSWS ", "00{b40}", "\n"),
    ("authorization", "Authorization: ", "{h64}", "\n"),
    ("digest", 'Digest username="a", realm="b", response="', "{h32}", '"'),
    ("bearer", "sends Bearer ", "{a40}", " with it"),
    ("basic", "login with Basic ", "YXBwOmMwcnIzY3Q=", ""),
    ("cookie", "Cookie: theme=dark; sessionid=", "{l32}", "\r\n"),
    ("cookie", "Set-Cookie: sid=", "{a40}", "; Path=/; HttpOnly"),
    # URLs
    ("url-password", "postgres://app:", "{P}", "@db.internal:5432/app"),
    ("url-password", "amqps://app:", "p@ss{d4}w0rd", "@mq.example.org/%2f"),
    ("url-password", "redis://:", "{P}", "@cache:6379/0"),
    ("url-password", "mongodb+srv://app:", "{a20}", "@cluster0.mongodb.net/x"),
    ("url-password", "https://x-access-token:", "{a40}", "@github.com/a/b.git"),
    ("url-token", "https://", "{h32}", "@o42.ingest.sentry.io/7"),
    ("oracle-url", "jdbc:oracle:thin:app/", "{P}", "@db:1521:xe"),
    ("signature", "https://s3.amazonaws.com/b/k?X-Amz-Expires=60&X-Amz-Signature=", "{h64}", ""),
    ("query", "https://maps.example.org/v1?q=x&key=", "{a39}", "&x=1"),
    ("azure-sas", "https://x.blob.core.windows.net/c?sv=2022-11-02&sig=", "{a43}%3D", ""),
    ("slack-hook", "https://hooks.slack.com/", "services/T{u8}/B{u10}/{a24}", ""),
    ("slack-hook", "https://hooks.slack.com/", "workflows/T{u8}/A{u10}/{d18}/{a24}", ""),
    ("slack-hook", "https://hooks.slack.com/", "triggers/T{u8}/{d13}/{h32}", ""),
    ("discord-hook", "https://discord.com/api/webhooks/", "{d18}/{b68}", ""),
    ("teams-hook", "https://acme.webhook.office.com/webhookb2/", "{U}@{U}/IncomingWebhook/{h32}/{U}", ""),
    ("zapier-hook", "https://hooks.zapier.com/hooks/catch/", "{d7}/{l7}/", ""),
    # Command lines
    ("curl", "curl -u app:", "{P}", " https://example.org"),
    ("command-line", "sshpass -p '", "{P}", "' ssh app@host"),
    ("command-line", "mysql -u root -p", "{P}", " app"),
    ("command-line", "docker login -u app -p ", "{P}", " registry.example.org"),
    ("openssl-pass", "openssl rsa -in k.pem -passin pass:", "{P}", ""),
    ("netrc", "machine example.org login app password ", "{P}", "\n"),
    ("sql", "CREATE USER app IDENTIFIED BY '", "{P}", "'"),
    ("password-hash", "app:$", "2b$12${a53}", ""),
    ("password-hash", "root:$", "6${a8}${a86}", ":19000:0:99999:7:::"),
    ("password-hash", "pbkdf2_sha256$", "260000${a22}${a43}=", ""),
    # Private keys
    ("private-key", "", "-----BEGIN RSA PRIVATE KEY-----\n" + _KEY + "\n-----END RSA PRIVATE KEY-----", "\n"),
    ("private-key", "key: |\n", "-----BEGIN PRIVATE KEY-----\n" + _KEY + "\n-----END PRIVATE KEY-----", "\nmore: 1"),
    ("private-key", "", "-----BEGIN OPENSSH PRIVATE KEY-----\n" + _KEY + "\n-----END OPENSSH PRIVATE KEY-----", ""),
    ("private-key", "", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nVersion: 1\n\n" + _KEY
     + "\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----", ""),
    ("private-key", "", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + _KEY + "\n-----END ENCRYPTED PRIVATE KEY-----", ""),
    ("private-key", "", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{h32}\n\n"
     + _KEY + "\n-----END RSA PRIVATE KEY-----", ""),
    ("private-key", 'x = "', "-----BEGIN EC PRIVATE KEY-----\\n{s64}\\n{s40}\\n-----END EC PRIVATE KEY-----", '\\n"'),
    ("private-key", "cut off: ", "-----BEGIN PRIVATE KEY-----\n{s64}\n{s64}", "\n\nand other text"),
    ("private-key", "+", "-----BEGIN RSA PRIVATE KEY-----\n+{s64}\n+{s64}\n+-----END RSA PRIVATE KEY-----", "\n+x = 1"),
    ("putty-key", "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n", "{s43}=\n", ""),
    ("putty-key", "Private-MAC: ", "{h64}", "\n"),
    ("aws-secret", "it has to be ", "{s40}", ""),
)  # fmt: skip


def _password(chance: random.Random) -> str:
    return chance.choice(_STEM) + draw(_NUMBER, chance) + chance.choice(_MARK) + draw("{l3}", chance)


def cases(seed: int = 1, rounds: int = 1) -> Iterator[Case]:
    """Yield one case of every place."""
    chance = seeded(seed)
    for _ in range(rounds):
        for rule, before, shape, after in _ROWS:
            if rule == "aws-secret":
                key = draw("AKIA{u16}", chance)
                yield Case(rule, f"{key} and ", draw(shape, chance), after)
            else:
                yield Case(rule, before, draw(shape.replace("{P}", _password(chance)), chance), after)

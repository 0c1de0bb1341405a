"""Token formats of vendors, as data: a prefix that says whose it is, and the body that follows. No behaviour.

Sources: the vendors' own documents and their entries in GitHub's list of secret scanning patterns
(https://docs.github.com/code-security/secret-scanning/introduction/supported-secret-scanning-patterns).
"""

from typing import NamedTuple

__all__ = ["FORMATS", "SHAPES", "Format", "Shape"]

_W = "[A-Za-z0-9_-]"
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_LINES = (
    r"[A-Za-z0-9+/]{8,8000}(?:(?:\s|\\[rn]){1,40}[A-Za-z0-9+/]{60,80}){0,200}"
    r"(?:(?:\s|\\[rn]){1,40}[A-Za-z0-9+/]{1,80}={1,2}|={1,2})?"
)
"""The rest of a base64 block, over lines or over `\\n`."""


class Format(NamedTuple):
    """A token that starts with one of some prefixes.

    Attributes:
        rule: the name in `[REDACTED:<rule>]`.
        prefixes: literal beginnings, separated by blanks.
        body: regular expression of the rest; every repetition in it is bounded, so that a search stays linear.
        drawn: whether the body must look drawn at random, for a prefix that occurs in ordinary words (`task-`).
        glued: whether prefix and body are so rare that a word may stand right before them (`keyAKIA...`).
    """

    rule: str
    prefixes: str
    body: str
    drawn: bool = False
    glued: bool = False


class Shape(NamedTuple):
    """A token that is known by its whole shape, found from a long run of token characters in it.

    Attributes:
        rule: the name in `[REDACTED:<rule>]`.
        pattern: regular expression of the token.
        before: what stands right before the run.
        after: what stands right after the run.
        inside: what the run contains.
        reach: characters before the run where the token may begin.
        tail: characters after the run that may belong to it.
        drawn: whether the token must look drawn at random.
    """

    rule: str
    pattern: str
    before: str = ""
    after: str = ""
    inside: str = ""
    reach: int = 0
    tail: int = 200
    drawn: bool = False


FORMATS: tuple[Format, ...] = (
    # Models and their hosts
    Format("anthropic", "sk-ant-", _W + "{16,200}", drawn=True),
    Format("openai", "sk-proj- sk-svcacct- sk-admin- sk-None-", _W + "{16,250}", drawn=True),
    Format("openai-style", "sk-", "(?!ant-|proj-|svcacct-|admin-|None-)" + _W + "{16,200}", drawn=True),
    Format("openai-session", "sess-", "[A-Za-z0-9]{40}", drawn=True),
    Format("groq", "gsk_", "[A-Za-z0-9]{40,60}"),
    Format("xai", "xai-", "[A-Za-z0-9]{60,100}", drawn=True),
    Format("perplexity", "pplx-", "[A-Za-z0-9]{40,60}", drawn=True),
    Format("huggingface", "hf_ api_org_", "[A-Za-z0-9]{30,60}", drawn=True, glued=True),
    Format("replicate", "r8_", "[A-Za-z0-9]{36,42}", drawn=True, glued=True),
    Format("langsmith", "lsv2_pt_ lsv2_sk_", "[0-9a-f]{32}_[0-9a-f]{10}"),
    Format("nvidia", "nvapi-", _W + "{50,90}", drawn=True),
    Format("elevenlabs", "sk_", "[0-9a-f]{48}"),
    Format("pinecone", "pcsk_", "[A-Za-z0-9_]{40,90}", drawn=True),
    Format("tavily", "tvly-", _W + "{30,60}", drawn=True),
    Format("firecrawl", "fc-", "[0-9a-f]{32}(?![0-9a-z])"),
    # Code hosts, packages, builds
    Format("github", "ghp_ gho_ ghu_ ghs_ ghr_", "[A-Za-z0-9]{20,255}"),
    Format("github", "github_pat_", "[A-Za-z0-9_]{22,255}", drawn=True),
    Format("github", "v1.", "[0-9a-f]{40}(?![0-9a-z])"),
    Format("gitlab", "glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- gloas- glsoat- glffct- glwt-",
           _W + "{20,300}(?:\\.[0-9a-z]{2}\\.[0-9a-z]{7,9})?", drawn=True),
    Format("gitlab-runner", "GR1348941", _W + "{20,50}", drawn=True, glued=True),
    Format("bitbucket", "ATBB", "[A-Za-z0-9]{28,40}"),
    Format("npm", "npm_", "[A-Za-z0-9]{30,50}"),
    Format("pypi", "pypi-", _W + "{32,250}", drawn=True),
    Format("rubygems", "rubygems_", "[0-9a-f]{40,64}"),
    Format("crates-io", "cio", "[A-Za-z0-9]{32}(?![A-Za-z0-9])", drawn=True),
    Format("nuget", "oy2", "[a-z0-9]{43}(?![A-Za-z0-9])", drawn=True),
    Format("docker-hub", "dckr_pat_ dckr_oat_", _W + "{20,60}", drawn=True),
    Format("clojars", "CLOJARS_", "[a-z0-9]{60}"),
    Format("packagist", "packagist_uut_ packagist_ort_ packagist_ack_", "[0-9a-f]{60,80}"),
    Format("artifactory", "AKCp", "[A-Za-z0-9]{60,80}", drawn=True),
    Format("artifactory", "cmVmdGtu", "[A-Za-z0-9]{50,60}", drawn=True),
    Format("circleci", "CCIPAT_ CCIPRJ_", "[A-Za-z0-9]{20,24}_[0-9a-f]{40}"),
    Format("buildkite", "bkua_ bkat_", "[0-9a-zA-Z]{36,64}", drawn=True),
    Format("codecov-sonar", "sqp_ squ_ sqa_", "[0-9a-f]{40}"),
    Format("sourcegraph", "sgp_ slk_", "(?:[0-9a-f]{16}_|local_)?[0-9a-f]{40}"),
    Format("pulumi", "pul-", "[0-9a-f]{40}"),
    Format("infracost", "ico-", "[A-Za-z0-9]{32}(?![A-Za-z0-9])", drawn=True),
    Format("octopus", "API-", "[A-Z0-9]{25,28}(?![A-Za-z0-9])"),
    Format("openshift", "sha256~", _W + "{43}", drawn=True),
    # Clouds and platforms
    Format("aws-key-id", "AKIA ASIA ABIA ACCA", "[A-Z0-9]{16}(?![A-Za-z0-9])", glued=True),
    Format("aws-bedrock", "ABSK bedrock-api-key-", "[A-Za-z0-9+/]{60,250}={0,2}", drawn=True),
    Format("aws-mws", "amzn.mws.", _UUID),
    Format("google", "AIza", _W + "{33,40}", drawn=True, glued=True),
    Format("google-oauth", "ya29.", "[A-Za-z0-9_.-]{20,250}", drawn=True),
    Format("google-oauth", "1//0", _W + "{40,150}", drawn=True),
    Format("google-oauth", "4/0A", _W + "{40,150}", drawn=True),
    Format("google-client", "GOCSPX-", _W + "{24,40}", drawn=True),
    Format("alibaba", "LTAI", "[A-Za-z0-9]{16,24}(?![A-Za-z0-9])", drawn=True),
    Format("tencent", "AKID", "[A-Za-z0-9]{32}(?![A-Za-z0-9])", drawn=True),
    Format("yandex", "y0_", _W + "{50,70}", drawn=True),
    Format("yandex", "AQVN", _W + "{35,38}(?![A-Za-z0-9])", drawn=True),
    Format("scaleway", "SCW", "[A-Z0-9]{17}(?![A-Za-z0-9])", drawn=True),
    Format("digitalocean", "dop_v1_ doo_v1_ dor_v1_", "[a-f0-9]{40,64}"),
    Format("heroku", "HRKU-", "(?:" + _UUID + "|AA" + _W + "{40,62})"),
    Format("scalingo", "tk-us-", _W + "{48}(?![A-Za-z0-9_-])", drawn=True),
    Format("netlify", "nfp_ nfc_ nfo_ nfu_ nfb_", "[A-Za-z0-9_]{34,42}", drawn=True),
    Format("vercel", "vcp_ vci_ vca_ vcr_ vck_ vercel_", "[A-Za-z0-9_]{24,70}", drawn=True),
    Format("cloudflare", "v1.0-", "[0-9a-f]{24}-[0-9a-f]{100,150}"),
    Format("cloudflare", "cfut_ cfat_ cfk_", "[A-Za-z0-9]{40,60}", drawn=True),
    Format("fly-io", "fo1_ fm1_ fm1r_ fm1a_ fm2_", "[A-Za-z0-9+/=,_-]{40,500}", drawn=True),
    Format("doppler", "dp.pt. dp.ct. dp.sa. dp.scim. dp.audit.", "[A-Za-z0-9]{40,44}", drawn=True),
    Format("doppler", "dp.st.", "[A-Za-z0-9]{40,44}", drawn=True),
    Format("databricks", "dapi dose dkea", "[0-9a-f]{32}(?:-[0-9]{1,2})?(?![0-9a-zA-Z])", glued=True),
    Format("planetscale", "pscale_tkn_ pscale_pw_ pscale_oauth_", "[A-Za-z0-9_.=-]{30,64}", drawn=True),
    Format("supabase", "sbp_ sbp_oauth_", "[0-9a-f]{40}"),
    Format("supabase", "sb_secret_", _W + "{20,50}", drawn=True),
    Format("neon", "napi_", "[a-z0-9]{60,70}", drawn=True),
    Format("render", "rnd_", "[A-Za-z0-9]{28,40}"),
    Format("confluent", "cflt", "[A-Za-z0-9+/]{60}(?![A-Za-z0-9])", drawn=True),
    Format("clickhouse", "4b1d", "[A-Za-z0-9]{38}(?![A-Za-z0-9])", drawn=True),
    Format("cockroach", "CCDB1_", "[A-Za-z0-9]{20,24}_[A-Za-z0-9]{36,42}"),
    Format("tailscale", "tskey-", "[a-z]{2,10}-[A-Za-z0-9]{8,20}-[A-Za-z0-9]{16,50}", drawn=True),
    # Private keys without their frame, by the first bytes of their DER (RFC 5958, RFC 8017, RFC 5915) or OpenSSH form
    Format("key-body", "MII", "[A-Za-z0-9+/]{3}(?:IBAAKC|IBADANBgkqhkiG9w0BAQEFAASC)" + _LINES),
    Format("key-body", "MHcCAQEEI MIGkAgEBBD MIGHAgEAMB MIG2AgEAMB MC4CAQAwBQYDK2VwBCIEI b3BlbnNzaC1rZXktdjE", _LINES),
    # Secret stores
    Format("vault", "hvs. hvb. hvr.", _W + "{24,300}", drawn=True),
    Format("1password", "ops_eyJ", "[A-Za-z0-9_=-]{60,2000}"),
    Format("1password", "A3-", "[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}", drawn=True),
    Format("age", "AGE-SECRET-KEY-1", "[A-Z0-9]{50,60}", glued=True),
    # Observing
    Format("newrelic", "NRAK- NRII- NRJS- NRAA- NRIQ- NRRA- NRSP-", _W + "{19,40}", drawn=True),
    Format("grafana", "glc_", "[A-Za-z0-9+/]{32,250}={0,2}", drawn=True),
    Format("grafana", "glsa_", "[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}"),
    Format("grafana", "eyJrIjoi", "[A-Za-z0-9+/]{50,200}={0,2}"),
    Format("sentry", "sntrys_eyJ", "[A-Za-z0-9+/=_-]{60,400}"),
    Format("sentry", "sntryu_", "[0-9a-f]{60,64}"),
    Format("dynatrace", "dt0c01. dt0s01. dt0s02. dt0s03. dt0s08. dt0s16.", "[A-Z0-9]{24}\\.[A-Z0-9]{64}"),
    Format("honeycomb", "hcaik_ hcalk_ hcxik_ hcamk_", "[a-z0-9]{26,64}", drawn=True),
    Format("posthog", "phx_", "[A-Za-z0-9]{40,50}", drawn=True),
    Format("adafruit", "aio_", "[A-Za-z0-9]{28}(?![A-Za-z0-9])", drawn=True),
    Format("launchdarkly", "api- sdk- mob-", _UUID),
    Format("postman", "PMAK-", "[0-9a-f]{24}-[0-9a-f]{34}"),
    # Work and content
    Format("slack", "xoxb- xoxp- xoxa- xoxo- xoxs- xoxr- xoxe- xoxc- xoxd- xapp- xwfp- xoxe.xoxp- xoxe.xoxb-",
           "(?=[A-Za-z%-]{0,40}[0-9])[A-Za-z0-9%-]{10,250}"),
    Format("linear", "lin_api_ lin_oauth_", "[A-Za-z0-9]{32,64}"),
    Format("notion", "secret_", "[A-Za-z0-9]{43}(?![A-Za-z0-9])", drawn=True),
    Format("notion", "ntn_", "[A-Za-z0-9]{40,50}"),
    Format("figma", "figd_ figo_ figu_ figdr_", _W + "{36,200}", drawn=True),
    Format("atlassian", "ATATT3 ATCTT3", "[A-Za-z0-9_=-]{50,300}", drawn=True, glued=True),
    Format("trello", "ATTA", "[0-9a-f]{64}"),
    Format("hubspot", "pat-na1- pat-na2- pat-eu1- pat-ap1-", _UUID),
    Format("contentful", "CFPAT-", _W + "{40,50}", drawn=True),
    Format("typeform", "tfp_", "[A-Za-z0-9_.=-]{50,64}", drawn=True),
    Format("readme", "rdme_", "[a-z0-9]{60,75}", drawn=True),
    Format("frameio", "fio-u-", "[A-Za-z0-9_=-]{60,70}", drawn=True),
    Format("mapbox", "sk.", "eyJ[A-Za-z0-9_-]{50,200}\\.[A-Za-z0-9_-]{20,30}"),
    Format("dropbox", "sl. sl.u.", _W + "{100,400}", drawn=True),
    Format("prefect", "pnu_", "[a-zA-Z0-9]{36}"),
    # Mail and messages
    Format("sendgrid", "SG.", _W + "{16,24}\\." + _W + "{16,50}", drawn=True),
    Format("brevo", "xkeysib- xsmtpsib-", "[0-9a-f]{60,64}(?:-[A-Za-z0-9]{10,20})?"),
    Format("mailgun", "key-", "[0-9a-f]{32}(?![0-9a-zA-Z])"),
    Format("resend", "re_", "[A-Za-z0-9]{8}_[A-Za-z0-9]{24}(?![A-Za-z0-9])", drawn=True),
    Format("twilio", "SK AC", "[0-9a-f]{32}(?![0-9a-zA-Z])"),
    Format("facebook", "EAA", "[A-Za-z0-9]{60,300}", drawn=True),
    Format("instagram", "IGQV IGAA", _W + "{60,300}", drawn=True),
    Format("twitter", "AAAAAAAAAAAAAAAAAAAA", "[A-Za-z0-9]{4,60}[%+][A-Za-z0-9%+=]{30,120}"),
    # Money
    Format("stripe", "sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ sk_org_live_ sk_org_test_", "[A-Za-z0-9]{10,250}"),
    Format("stripe-hook", "whsec_", "[A-Za-z0-9+/=]{20,90}"),
    Format("square", "sq0atp- sq0csp-", _W + "{20,50}", drawn=True),
    Format("square", "EAAA", _W + "{60}(?![A-Za-z0-9])", drawn=True),
    Format("braintree", "access_token$production$ access_token$sandbox$", "[0-9a-z]{16}\\$[0-9a-f]{32}"),
    Format("shopify", "shpat_ shpca_ shppa_ shpss_ shptka_ shpua_", "[0-9a-fA-F]{32,64}"),
    Format("plaid", "access-sandbox- access-development- access-production-", _UUID),
    Format("razorpay", "rzp_live_ rzp_test_", "[A-Za-z0-9]{14,24}"),
    Format("flutterwave", "FLWSECK- FLWSECK_TEST-", "[0-9a-hA-H]{12,32}(?:-X)?"),
    Format("adyen", "AQE", "[A-Za-z]hm[A-Za-z0-9+/=]{20,200}", drawn=True),
    Format("mollie", "live_ test_", "[A-Za-z0-9]{30}(?![A-Za-z0-9_])", drawn=True),
    Format("lob", "live_ test_", "[0-9a-f]{35}(?![A-Za-z0-9_])"),
    Format("gocardless", "live_", "[A-Za-z0-9_-]{40}(?![A-Za-z0-9_-])", drawn=True),
    Format("shippo", "shippo_live_ shippo_test_", "[0-9a-f]{40}"),
    Format("easypost", "EZAK EZTK", "[A-Za-z0-9]{54}"),
    Format("duffel", "duffel_live_ duffel_test_", "[A-Za-z0-9_=-]{43}", drawn=True),
)  # fmt: skip

_FREE = r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrtbf]))"
"""No token character stands before, or only the letter of an escape such as `\\n`."""

_HEADER = "(?:hbGciOi|0eXAiOi|raWQiOi|lbmMiOi|jdHkiOi|4NXQiOi)"
"""`{"alg":`, `{"typ":`, `{"kid":`, `{"enc":`, `{"cty":`, `{"x5t":` behind their first two characters, in base64."""

SHAPES: tuple[Shape, ...] = (
    Shape("jwt", r"(?:" + _FREE + r"eyJ[A-Za-z0-9_-]{8,4000}|(?<![A-Za-z0-9_-]{13})eyJ" + _HEADER
          + r"[A-Za-z0-9_-]{0,4000})\.(?:[A-Za-z0-9_-]{4,9000}\.|\.(?=[A-Za-z0-9_-]))"
          r"[A-Za-z0-9_-]{0,9000}(?:\.[A-Za-z0-9_-]{1,9000}\.[A-Za-z0-9_-]{1,500})?", after=".", inside="eyJ",
          reach=1, tail=20_000),
    Shape("discord", _FREE + r"[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}", after=".",
          reach=1, drawn=True),
    Shape("telegram", r"(?<![0-9])[0-9]{8,10}:AA[A-Za-z0-9_-]{32,40}", before=":", inside="AA", reach=11),
    Shape("asana", _FREE + r"[0-2]/[0-9]{10,20}(?:/[0-9]{10,20})?:[0-9a-f]{32}", before=":", reach=50),
    Shape("airtable", _FREE + r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}", before=".", reach=18),
    Shape("terraform", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{50,90}", before="atlasv1.", reach=23),
    Shape("doppler", _FREE + r"dp\.st\.[a-z0-9_-]{2,35}\.[A-Za-z0-9]{40,44}", before=".", reach=43, drawn=True),
    Shape("harness", _FREE + r"[ps]at\.[A-Za-z0-9_-]{22}\.[0-9a-f]{24}\.[A-Za-z0-9]{20}", before="at.",
          after=".", reach=4),
    Shape("newrelic", r"[0-9a-f]{36}NRAL", inside="NRAL"),
    Shape("mailchimp", _FREE + r"[0-9a-f]{32}-us[0-9]{1,2}(?![0-9a-z])", inside="-us"),
    Shape("mailgun", _FREE + r"[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![0-9a-zA-Z-])", inside="-"),
    Shape("azure-client", _FREE + r"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~-])",
          before="Q~", reach=6),
    Shape("azure-key", r"[A-Za-z0-9+/]{60,76}\+(?:ASt|ABa|AMC|AIoT|ACR|AzSe)[A-Za-z0-9+/]{4,8}={1,2}",
          after="=", inside="+A"),
    Shape("azure-sas", r"(?<=sig=)[A-Za-z0-9%+/]{40,90}={0,2}", before="sig="),
    Shape("facebook", r"(?<![0-9])[0-9]{13,17}\|[A-Za-z0-9_-]{27}(?![A-Za-z0-9_-])", before="|", reach=18, drawn=True),
    Shape("slack-hook", r"(?<=hooks\.slack\.com/)(?:services|workflows|triggers)/[A-Za-z0-9/_-]{20,120}",
          before="hooks.slack."),
    Shape("discord-hook", r"(?<=/api/webhooks/)[0-9]{15,22}/[A-Za-z0-9_-]{30,100}", before=".",
          inside="/api/webhooks/"),
    Shape("teams-hook", r"(?<=/webhookb2/)[A-Za-z0-9@/_-]{50,300}", before="webhook.office.", inside="/webhookb2/"),
    Shape("zapier-hook", r"(?<=/hooks/catch/)[A-Za-z0-9/]{8,60}", before=".", inside="/hooks/catch/"),
)  # fmt: skip

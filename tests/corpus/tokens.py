"""Made-up secrets of every known format. They are drawn when asked for: no file of this repository holds one."""

import random
import re
import string
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator

ALPHABETS = {
    "a": string.ascii_letters + string.digits,
    "b": string.ascii_letters + string.digits + "-_",
    "d": string.digits,
    "h": "0123456789abcdef",
    "j": string.ascii_lowercase + string.digits + "!@#$%^&*(-_=+)",
    "k": string.ascii_uppercase + "234567",
    "l": string.ascii_lowercase + string.digits,
    "m": string.ascii_letters,
    "s": string.ascii_letters + string.digits + "+/",
    "u": string.ascii_uppercase + string.digits,
}
"""What a place such as `{a36}` is filled with: 36 characters of the alphabet `a`."""

# One line per rule and shape: rule, blank, shape. `{U}` is a UUID, `{J}` a base64 JSON object, `{I}` a Discord id.
SHAPES = """
anthropic sk-ant-api03-{b93}AA
anthropic sk-ant-admin01-{b93}AA
anthropic sk-ant-oat01-{b80}
openai sk-proj-{b74}T3BlbkFJ{b74}
openai sk-proj-{a48}
openai sk-svcacct-{b74}
openai sk-admin-{b74}
openai sk-None-{a48}
openai-style sk-{a20}T3BlbkFJ{a20}
openai-style sk-{a48}
openai-style sk-{h32}
openai-style sk-or-v1-{h64}
openai-style sk-lf-{U}
openai-session sess-{a40}
groq gsk_{a52}
xai xai-{a80}
perplexity pplx-{a48}
huggingface hf_{m34}
huggingface api_org_{m34}
replicate r8_{a37}
langsmith lsv2_pt_{h32}_{h10}
langsmith lsv2_sk_{h32}_{h10}
nvidia nvapi-{b64}
elevenlabs sk_{h48}
pinecone pcsk_{a6}_{a62}
tavily tvly-{a32}
firecrawl fc-{h32}
github ghp_{a36}
github gho_{a36}
github ghu_{a36}
github ghs_{a36}
github ghr_{a36}
github v1.{h40}
github github_pat_{a22}_{a59}
gitlab glpat-{b20}
gitlab glpat-{b27}.01.{l9}
gitlab gldt-{b20}
gitlab glrt-{b20}
gitlab glrtr-{b20}
gitlab glcbt-{b20}
gitlab glptt-{h40}
gitlab glft-{b20}
gitlab glimt-{b25}
gitlab glagent-{b50}
gitlab gloas-{h64}
gitlab glsoat-{b20}
gitlab glffct-{b20}
gitlab glwt-{b40}
gitlab-runner GR1348941{b20}
bitbucket ATBB{a32}
npm npm_{a36}
pypi pypi-AgEIcHlwaS5vcmc{b120}
pypi pypi-{b64}
rubygems rubygems_{h48}
crates-io cio{a32}
nuget oy2{l43}
docker-hub dckr_pat_{b27}
docker-hub dckr_oat_{b32}
clojars CLOJARS_{l60}
packagist packagist_uut_{h68}
packagist packagist_ort_{h68}
packagist packagist_ack_{h68}
artifactory AKCp{a69}
artifactory cmVmdGtu{a56}
circleci CCIPAT_{a22}_{h40}
circleci CCIPRJ_{a22}_{h40}
buildkite bkua_{h40}
buildkite bkat_{h40}
codecov-sonar sqp_{h40}
codecov-sonar squ_{h40}
codecov-sonar sqa_{h40}
sourcegraph sgp_{h40}
sourcegraph sgp_{h16}_{h40}
sourcegraph sgp_local_{h40}
sourcegraph slk_{h40}
pulumi pul-{h40}
infracost ico-{a32}
octopus API-{u26}
openshift sha256~{b43}
aws-key-id AKIA{k16}
aws-key-id ASIA{k16}
aws-key-id ABIA{u16}
aws-key-id ACCA{u16}
aws-bedrock ABSK{s110}
aws-bedrock bedrock-api-key-{s110}
aws-mws amzn.mws.{U}
google AIzaSy{b33}
google-oauth ya29.{b68}
google-oauth ya29.a0{b60}-{b60}
google-oauth 1//0{b62}
google-oauth 4/0A{b62}
google-client GOCSPX-{b28}
alibaba LTAI{a20}
tencent AKID{a32}
yandex y0_{b58}
yandex AQVN{b36}
scaleway SCW{u17}
digitalocean dop_v1_{h64}
digitalocean doo_v1_{h64}
digitalocean dor_v1_{h64}
heroku HRKU-{U}
heroku HRKU-AA{b58}
scalingo tk-us-{b48}
lob live_{h35}
lob test_{h35}
netlify nfp_{a36}
netlify nfc_{a36}
netlify nfo_{a36}
netlify nfu_{a36}
netlify nfb_{a36}
vercel vcp_{a56}
vercel vercel_blob_rw_{a16}_{a30}
vercel vci_{a16}_{a30}
vercel vca_{a16}_{a30}
vercel vcr_{a16}_{a30}
vercel vck_{a16}_{a30}
vercel vercel_{a40}
cloudflare v1.0-{h24}-{h146}
cloudflare cfut_{a48}
cloudflare cfat_{a48}
cloudflare cfk_{a48}
fly-io fo1_{b43}
fly-io fm2_{s120}
fly-io fm1_{s120}
fly-io fm1r_{s120}
fly-io fm1a_{s120}
doppler dp.pt.{a43}
doppler dp.ct.{a43}
doppler dp.sa.{a43}
doppler dp.st.{a43}
doppler dp.st.prd.{a43}
doppler dp.scim.{a43}
doppler dp.audit.{a43}
databricks dapi{h32}
databricks dapi{h32}-2
databricks dose{h32}-2
databricks dkea{h32}-2
planetscale pscale_tkn_{b43}
planetscale pscale_pw_{b43}
planetscale pscale_oauth_{b43}
supabase sbp_{h40}
supabase sbp_oauth_{h40}
supabase sb_secret_{b31}
neon napi_{l64}
render rnd_{a32}
confluent cflt{s60}
clickhouse 4b1d{a38}
cockroach CCDB1_{a22}_{a40}
tailscale tskey-auth-{a14}-{a32}
vault hvs.{b95}
vault hvb.{b140}
vault hvr.{b140}
1password ops_eyJ{b260}
1password A3-{u6}-{u11}-{u5}-{u5}-{u5}
1password A3-{u6}-{u6}-{u5}-{u5}-{u5}-{u5}
age AGE-SECRET-KEY-1{u58}
newrelic NRAK-{u27}
newrelic NRII-{b32}
newrelic NRJS-{b32}
newrelic NRAA-{b32}
newrelic NRIQ-{b32}
newrelic NRRA-{b32}
newrelic NRSP-{b32}
newrelic {h36}NRAL
grafana glc_{s80}
grafana glsa_{a32}_{h8}
grafana eyJrIjoi{a80}
sentry sntrys_eyJ{b150}
sentry sntryu_{h64}
dynatrace dt0c01.{u24}.{u64}
dynatrace dt0s01.{u24}.{u64}
dynatrace dt0s02.{u24}.{u64}
dynatrace dt0s03.{u24}.{u64}
dynatrace dt0s08.{u24}.{u64}
dynatrace dt0s16.{u24}.{u64}
honeycomb hcaik_{l58}
honeycomb hcalk_{l58}
honeycomb hcxik_{l58}
honeycomb hcamk_{l58}
launchdarkly sdk-{U}
launchdarkly api-{U}
launchdarkly mob-{U}
postman PMAK-{h24}-{h34}
slack xoxb-{d12}-{d13}-{a24}
slack xoxp-{d12}-{d12}-{d12}-{h32}
slack xoxa-2-{d12}-{d12}-{h32}
slack xoxe.xoxp-1-{a146}
slack xoxr-{d12}-{a24}
slack xapp-1-A{u10}-{d13}-{h64}
slack xoxb-{a48}
slack xoxo-{d12}-{a24}
slack xoxs-{d12}-{d12}-{d12}-{h10}
slack xoxe-1-{a146}
slack xoxc-{d12}-{d13}-{d13}-{h64}
slack xoxd-{a60}%2B{a40}
slack xwfp-{d12}-{a24}
slack xoxe.xoxb-1-{a146}
linear lin_api_{a40}
linear lin_oauth_{h64}
notion secret_{a43}
notion ntn_{d11}{a35}
figma figd_{b43}
figma figo_{b43}
figma figu_{b43}
figma figdr_{b43}
atlassian ATATT3{b186}
atlassian ATCTT3{b186}
trello ATTA{h64}
hubspot pat-na1-{U}
hubspot pat-eu1-{U}
hubspot pat-na2-{U}
hubspot pat-ap1-{U}
contentful CFPAT-{b43}
typeform tfp_{b59}
readme rdme_{l70}
frameio fio-u-{b64}
mapbox sk.eyJ{b80}.{b22}
dropbox sl.{b140}
dropbox sl.u.{b300}
posthog phx_{a43}
adafruit aio_{a28}
prefect pnu_{l36}
sendgrid SG.{b22}.{b43}
brevo xkeysib-{h64}-{a16}
brevo xsmtpsib-{h64}-{a16}
mailgun key-{h32}
mailgun {h32}-{h8}-{h8}
mailchimp {h32}-us12
resend re_{a8}_{a24}
twilio SK{h32}
twilio AC{h32}
facebook EAA{a120}
facebook {d16}|{b27}
instagram IGQV{b140}
instagram IGAA{b140}
twitter AAAAAAAAAAAAAAAAAAAA{a22}%2B{a50}%3D
stripe sk_live_{a24}
stripe sk_test_{a99}
stripe rk_live_{a24}
stripe rk_test_{a24}
stripe sk_prod_{a24}
stripe sk_org_live_{a24}
stripe sk_org_test_{a24}
stripe-hook whsec_{a32}
square sq0atp-{b22}
square sq0csp-{b43}
square EAAA{b60}
braintree access_token$production${l16}${h32}
braintree access_token$sandbox${l16}${h32}
shopify shpat_{h32}
shopify shpss_{h32}
shopify shpca_{h32}
shopify shppa_{h32}
shopify shptka_{h32}
shopify shpua_{h32}
plaid access-sandbox-{U}
plaid access-production-{U}
plaid access-development-{U}
razorpay rzp_live_{a14}
razorpay rzp_test_{a14}
flutterwave FLWSECK-{h32}-X
flutterwave FLWSECK_TEST-{h12}
adyen AQEyhm{s60}
mollie live_{a30}
mollie test_{a30}
gocardless live_{b40}
shippo shippo_live_{h40}
shippo shippo_test_{h40}
easypost EZAK{a54}
easypost EZTK{a54}
duffel duffel_live_{b43}
duffel duffel_test_{b43}
jwt eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.{J}.{b43}
jwt eyJhbGciOiJSUzI1NiJ9.{J}.{b342}
jwt eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.{b342}.{b16}.{b80}.{b22}
jwt eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.{J}.{b43}
jwt eyJraWQiOiJhMSIsImFsZyI6IkhTMjU2In0.{J}.{b43}
jwt eyJjdHkiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.{J}.{b43}
jwt eyJ4NXQiOiJhYmMiLCJhbGciOiJSUzI1NiJ9.{J}.{b43}
jwt eyJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiZGlyIn0..{b16}.{b80}.{b22}
discord {I}.{b6}.{b38}
telegram {d10}:AA{b33}
asana 1/{d16}:{h32}
airtable pat{a14}.{h64}
terraform {a14}.atlasv1.{b67}
harness pat.{b22}.{h24}.{a20}
azure-client {b3}8Q~{b34}
azure-key {s76}+ASt{s6}==
azure-key {s76}+ABa{s6}==
azure-key {s76}+AMC{s6}==
azure-key {s76}+AIoT{s6}==
azure-key {s76}+ACR{s6}==
azure-key {s76}+AzSe{s6}==
key-body MII{a3}IBADANBgkqhkiG9w0BAQEFAASC{s36}
key-body MII{a3}IBAAKC{s60}
key-body b3BlbnNzaC1rZXktdjE{s60}
key-body MHcCAQEEI{s60}
key-body MIGkAgEBBD{s60}
key-body MIGHAgEAMB{s60}
key-body MIG2AgEAMB{s60}
key-body MC4CAQAwBQYDK2VwBCIEI{s43}
""".strip()


def seeded(seed: int) -> random.Random:
    """Return a generator that draws the same every time."""
    return random.Random(seed)  # noqa: S311 - made-up secrets keep nothing safe


def draw(shape: str, chance: random.Random) -> str:
    """Fill a shape."""

    def fill(match: re.Match[str]) -> str:
        kind, size = match[1], int(match[2] or 0)
        if kind == "U":
            digits = "".join(chance.choices(ALPHABETS["h"], k=32))
            return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        if kind == "J":
            return (
                urlsafe_b64encode(f'{{"sub":"{chance.randrange(10**9)}","iat":15162390}}'.encode()).decode().rstrip("=")
            )
        if kind == "I":
            return b64encode(str(chance.randrange(3 * 10**17, 9 * 10**17)).encode()).decode().rstrip("=")
        return "".join(chance.choices(ALPHABETS[kind], k=size))

    return re.sub(r"\{([A-Za-z])([0-9]*)\}", fill, shape)


def tokens(seed: int = 1, rounds: int = 1) -> Iterator[tuple[str, str]]:
    """Yield (rule, token) of every shape."""
    chance = seeded(seed)
    for _ in range(rounds):
        for row in SHAPES.splitlines():
            rule, _, shape = row.partition(" ")
            yield rule, draw(shape, chance)

"""Words that are no secrets: those that stand in for one, and those that reports are full of."""

__all__ = ["COMMON", "VAGUE"]

_VAGUE = """
    your my the a an some any this that here example examples sample dummy fake placeholder change changeme me
    replace replaceme insert put enter paste fill todo fixme tbd none null nil undefined true false yes no on off
    value values string text secret secrets token tokens password passwords passwd pass passphrase pwd key keys api
    apikey access auth private public client user username login admin root default credential credentials of for to
    in and or with new old test tests testing demo foo bar baz qux redacted masked hidden removed omitted required
    optional empty blank unset not set missing invalid valid wrong bad good correct incorrect go goes from env
    environment variable var config vault encoded hash hashed encrypted xxx xxxx it is must be long very super
    strong secure random generated github gitlab openai aws azure google slack stripe sk ghp id name basic bearer
    jwt oauth type field input mypassword mysecret mytoken myuser yourpassword yoursecret yourtoken yourkey mykey
    current confirm confirmation forgot reset repeat retype again session cookie csrf xsrf refresh
"""
VAGUE = frozenset(_VAGUE.split())
"""What placeholders are made of: `your-api-key-here`, `changeme`, `test-token`."""

_COMMON = """
    absolute abstract accepted accounts actually addition additional administrator advanced algorithm allowing
    alternative anonymous anything application applications approach appropriate approved arbitrary argument
    arguments associated attribute attributes authenticated authentication authorization automatic automatically
    available background balances behavior blocking boundary branches browsers building business callable callback
    cassette certificate changelog changing character characters checking checkout children cloudflare collection
    collections commands comments commercial compatibility compatible compiled compiler complete completed component
    components condition conditions confidential configuration configure configured connection consider consistent
    constants container containing contains contents continue contract convention conversion converted copyright
    corresponding coverage creating currently customer customers dashboard database debugging decoding defaults
    definition definitions dependencies dependency deployment deprecated described description destination detected
    determine developer development dictionary difference different directive directly directories directory
    disabled discovery distribution document documentation documents download downloads duplicate dynamodb elements
    encoding endpoint engineering enterprise environments equivalent evaluation everyone everything exception
    exceptions executable executed execution existing expected experimental explicit exported expression extended
    extension external fallback features feedback filename filesystem findings followed following forbidden fraction
    framework function functionality functions generate generation generator handlers handling hardware heartbeat
    highlight horizontal identifier identity immediately implementation important imported included includes
    including incremental indicator individual information initialize initialized installation installed instance
    instances instructions integration interactive interface internal inventory invoices iterator javascript
    keycloak kubernetes language libraries licensed localhost location maintainer maintenance management manifest
    mappings marketing matching messages metadata middleware migration migrations modified monitoring multiple
    namespace navigation necessary negative notification notifications operation operations operator orchestrator
    original otherwise override packages parameter parameters particular passthrough pathname patterns payments
    performance permission permissions personal pipeline pipelines platform platforms policies position positive
    possible postgres postgresql preflight previous previously privileged probably processing produces production
    products profiles programming projects properly properties property proposal protected protocol provenance
    provided provider providers provides publication published publisher question readable received recommended
    recording redirect reference references register registered registry rehearsal rejected relative released
    releases relevant remaining rendering replaced replacement replication repositories repository requested
    requests requires reserved resolved resource resources response responses restricted resulting returned reviewer
    revision sandboxed scheduled schedules security sensitive separate separated sequence serverless services
    settings signature software something specific specification specified standard starting statement statements
    statically streaming structure submitted subscription successful successfully supervisor supplied supported
    synchronous template templates temporary terminal terraform throughput timestamp together traceback trailing
    transaction transactions transform translation typescript underlying unexpected unlimited unsupported updating
    upgrading validate validation variables verification verified versions vertical warnings webhooks whitespace
    workflow workflows workspace
"""
COMMON = frozenset(_COMMON.split())
"""Words of eight letters and more that configurations have as values, and texts about software on every page."""

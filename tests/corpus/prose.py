"""What reports, configurations and manuals of software say, and what they write where a secret would be."""

__all__ = ["PLACEHOLDERS", "PROSE"]

PROSE = """
In addition, an abstract class has no instances; its absolute pathname starts at the filesystem of the container.
Everything in the directory of the repository is licensed, and its copyright belongs to everyone, maintainer or
reviewer. The administrator accepted additional accounts, actually one account for each customer and others for the
advanced customers with a subscription. An algorithm in the library allowing alternative or arbitrary arguments is
appropriate; each argument is associated with an attribute, and the approved approach handles attributes that are
anonymous. Authentication and authorization are automatic: anything authenticated is automatically available,
otherwise forbidden. Applications and every single application run in the background; the dashboard shows the balances
behind a boundary. Blocking behavior of browsers is business logic building on branches with a callable callback and a
cassette. The certificate and the changelog are changing: one character or more characters differ while checking the
checkout. Children of a collection, or of collections, get their commands and comments from commercial cloudflare
accounts. Compatibility with compatible platforms needs a compiled compiler; a complete component and other components
completed. The condition and further conditions are confidential; configuration is how we configure what is configured
already. The connection should consider a consistent list of constants: a container containing what it contains, its
contents. Continue with the contract: by convention the conversion is converted, and the corresponding coverage is
creating trust. The database is currently open; debugging and decoding the defaults by definition, or by other
definitions, is done. A dependency and more dependencies of the deployment are deprecated, as described in the
description of a destination. We detected and determine what a developer in development keeps in the dictionary: the
difference between different values. A directive points directly to directories; the discovery is disabled and the
distribution holds a document, documentation, documents, a download or downloads. Duplicate elements of dynamodb need
an encoding for each endpoint. Engineering in an enterprise has environments with equivalent tools; the evaluation
found an exception, and exceptions are raised where something executable was executed. Execution of existing code is
expected, experimental or explicit; an exported expression is extended by an extension from an external source, with a
fallback for features and feedback. The filename in the findings is followed by the following fraction of a framework:
a function, its functionality and all functions that generate or run the generation of a generator. Handlers are
handling the hardware and its heartbeat. Highlight the horizontal identifier of an identity immediately; the
implementation of important, imported modules is included, includes more, and is including incremental steps with an
indicator for each individual piece of information. Initialize what is initialized at installation; an installed
instance follows the instructions of the integration. The interactive interface has an internal inventory of invoices
and an iterator written in javascript for keycloak or kubernetes. A language and its libraries run on localhost; the
location of the maintainer matters for maintenance. Management of the manifest and its mappings is no marketing:
matching messages have metadata, and the middleware waits for a migration or for migrations that modified the
monitoring of multiple tables. The namespace makes navigation necessary, a negative notification stops notifications,
and an operation or several operations need an operator. The orchestrator keeps the original; you may override
packages by a parameter, by parameters or a particular passthrough with patterns for payments. Performance needs a
permission, and permissions are personal. A pipeline, or pipelines, on one platform or more platforms follow policies;
each position is positive and possible with postgres or postgresql. The preflight of the previous and previously
privileged job probably starts processing. It produces what production needs: products and profiles. Programming in
projects means that properly named properties, or a single property, keep the proposal protected. The protocol says
the provenance that is provided by a provider, and what other providers or whoever provides a publication published.
The publisher has a question about a readable page. Received and recommended is recording a redirect; a reference
among other references is relative to a register. What is registered in the registry for a rehearsal may be rejected,
then released; the releases are relevant. Remaining parts are rendering; a replaced replacement of the replication
needs repositories. It is requested, and all requests of this kind, as the law requires, are reserved for a resolved
resource; resources give a response, and responses are restricted. The resulting revision is returned to a sandboxed
and scheduled job with schedules of its own. Security is sensitive: separate and separated steps run in sequence, and
serverless services have settings and a signature. Software is something specific; its specification has specified the
standard that we are starting from. A statement, or statements, can be statically checked; streaming keeps the
structure of what was submitted. A successful run ends successfully under a supervisor that is supplied; supported and
synchronous is the template, and other templates too. A temporary terminal runs terraform with a throughput and a
timestamp; together with a traceback and trailing blanks it is a transaction. Transactions transform a translation of
typescript. The underlying problem is unexpected, unlimited and unsupported; after updating and upgrading, validate
again. The validation of variables is verification that was verified in all versions. Vertical lines, warnings,
webhooks and whitespace belong to a workflow, and workflows to a workspace, which repositories call their own. The
credentials and the username are listed in the examples.
"""

PLACEHOLDERS = """
your-api-key-here my-secret-token an-example-password some-access-token any-value this-is-not-a-secret that-key
here-goes-the-key put-the-token-here example-examples sample-key-for-test dummy-token fake-password placeholder
changeme change-me-to-a-strong-password replace-with-new-key replaceme replace-me insert-your-key enter-your-password
paste-token-here fill-in-key todo-fixme tbd-key none-set null-token nil-value undefined-key true-false-value
yes-no-on-off default-string-value secret-text secrets-and-tokens tokens-go-here passwords-of-user passwd-here
pass-for-user your_passphrase pwd_here YOUR_KEYS apikey_here YOUR_AUTH_KEY private-key public-key client-secret
user-name login-name admin-password root-password default-credential credentials-for-login value-of-key values-to-set
in-vault key-or-token new-password old-password test-test tests-key testing-key demo-key foo-bar-baz-qux redacted-key
masked-key hidden-value removed-value omitted-key required-key optional-key empty-string blank-key unset-key not-set
missing-key invalid-token valid-token wrong-password bad-password good-password correct-password incorrect-password
key-from-env environment-variable var-key config-key encoded-key hash-of-password hashed-password encrypted-password
xxx-key sk-xxxx it-must-be-long very-super-secure-key random-string generated-key github-token gitlab_token openai_key
aws_key azure_key google_key slack_token stripe_key ghp-token key-id basic-auth bearer-token jwt-token oauth2-token
token-type password-field input-password mypassword mysecret mytoken myuser yourpassword yoursecret yourtoken yourkey
mykey current-password confirm-password confirmation-password forgot-password reset-password repeat-password
retype-password type-again session-token cookie-secret csrf-token xsrf-token refresh-token variable-text
environment-key user-key username-key
"""

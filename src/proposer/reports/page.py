"""The run as one HTML page that needs nothing else: no script, no address, works from a file."""

from jinja2 import Environment, StrictUndefined

from proposer.inputs.untrusted import reveal
from proposer.reports.summary import Summary

__all__ = ["render"]

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{{ run.workflow }}: {{ run.outcome.label }}</title>
<style>
:root { color-scheme: light dark; --line: light-dark(#d5d8dd, #3c4048); --soft: light-dark(#f4f5f7, #1f2228); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 0; }
.told, article { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: 1rem 0; }
.told { background: var(--soft); }
.P0, .P1 { border-left: .4rem solid #c62828; }
.P2 { border-left: .4rem solid #b26a00; }
pre { background: var(--soft); padding: .75rem; overflow-x: auto; border-radius: .3rem; white-space: pre; }
p, li, dd, h2 { overflow-wrap: anywhere; } .text { white-space: pre-wrap; } .where { opacity: .8; font-size: .9rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dt { opacity: .8; } dd { margin: 0; }
</style>
</head>
<body>
{% if run.unasked %}<p class="told"><strong>{{ run.unasked }}</strong></p>{% endif %}
<h1>{{ run.workflow }}: {{ run.outcome.label }}</h1>
<p class="text">{{ run.message }}</p>
{% if run.hint %}<p class="told">What helps: {{ run.hint }}</p>{% endif %}
{% if run.summary %}<p class="text">{{ run.summary }}</p>{% endif %}
<main>
{% for row in run.findings %}
<article class="{{ row.severity }}">
<h2>{{ row.severity }} {{ row.title }}</h2>
<p class="where"><code>{{ row.path }}:{{ row.start_line }}</code>{% if row.side == "old" %} (removed line){% endif %}
 · {{ row.category }} · confidence {{ "%.0f" | format(row.confidence * 100) }} %</p>
<p class="text">{{ row.body }}</p>
<pre><code>{{ row.quote }}</code></pre>
</article>
{% endfor %}
{% for title, lines in run.details %}
<section><h2>{{ title }}</h2><ul>{% for line in lines %}<li>{{ line }}</li>{% endfor %}</ul></section>
{% endfor %}
{% for title, names in lists if names %}
<section><h2>{{ title }}</h2><ul>{% for name in names %}<li><code>{{ name }}</code></li>{% endfor %}</ul></section>
{% endfor %}
{% if run.notes %}<ul>{% for note in run.notes %}<li>{{ note }}</li>{% endfor %}</ul>{% endif %}
<dl>
{% for name, value in facts %}<dt>{{ name }}</dt><dd>{{ value }}</dd>
{% endfor %}</dl>
</main>
</body>
</html>
"""


def render(summary: Summary) -> str:
    """Return the page; every text in it is escaped, and nothing of it is live."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, finalize=_shown, trim_blocks=True)
    usage = summary.usage
    return environment.from_string(_PAGE).render(
        run=summary,
        lists=[
            ("Not reviewed", summary.not_reviewed),
            ("Excluded", summary.excluded),
            ("Instruction paths touched", summary.instruction_paths),
            ("Proposal", summary.proposed),
        ],
        facts=[
            ("run", summary.run), ("base", summary.base), ("head", summary.head), ("model", summary.model),
            ("provider", summary.provider.partition(":")[0]), ("findings dropped", summary.dropped),
            ("commands refused", summary.refused_commands), ("seconds", round(summary.seconds, 1)),
            ("tokens", usage.get("input_tokens", 0) + usage.get("output_tokens", 0)),
            ("price", summary.price or "unknown"),
        ],
    )  # fmt: skip


def _shown(value: object) -> object:
    """Show what no reader would see as escapes; markup is escaped by the template."""
    return reveal(value) if isinstance(value, str) else value

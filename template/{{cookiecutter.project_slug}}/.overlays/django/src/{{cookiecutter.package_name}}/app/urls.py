"""The routes of all modules."""

from importlib.metadata import metadata

from django.urls import path
{% set module = {"finance": "finance", "generic": "example"}[cookiecutter.domain] %}
from {{ cookiecutter.package_name }}.core import api as core
from {{ cookiecutter.package_name }}.dev import api as dev
from {{ cookiecutter.package_name }}.{{ module }} import api as {{ module }}

__all__ = ["urlpatterns"]

_about = metadata(core.DISTRIBUTION)
_api = core.Api(title=_about["Summary"], version=_about["Version"])
_api.add_router("", core.router)
_api.add_router("/dev", dev.router)
_api.add_router("/{{ module }}", {{ module }}.router)

urlpatterns = [path("session", core.sign_in), path("", _api.urls)]

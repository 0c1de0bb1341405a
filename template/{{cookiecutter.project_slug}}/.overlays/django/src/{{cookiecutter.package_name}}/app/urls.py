"""The routes of all modules."""

from importlib.metadata import metadata

from django.urls import path

from {{ cookiecutter.package_name }}.core import api as core
from {{ cookiecutter.package_name }}.dev import api as dev
from {{ cookiecutter.package_name }}.{{ cookiecutter.__module }} import api as {{ cookiecutter.__module }}

__all__ = ["urlpatterns"]

_about = metadata(core.DISTRIBUTION)
_api = core.Api(title=_about["Summary"], version=_about["Version"])
_api.add_router("", core.router)
_api.add_router("/dev", dev.router)
_api.add_router("/{{ cookiecutter.__module }}", {{ cookiecutter.__module }}.router)

urlpatterns = [path("session", core.sign_in), path("", _api.urls)]

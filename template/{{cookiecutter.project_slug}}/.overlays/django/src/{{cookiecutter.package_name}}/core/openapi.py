"""The application's API: what it answers with, and the OpenAPI document that says so."""

from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import BaseRenderer
from pydantic_core import to_json

from {{ cookiecutter.package_name }}.core import problem
from {{ cookiecutter.package_name }}.core.errors import install

__all__ = ["Api"]


class _Renderer(BaseRenderer):
    """Writes values as pydantic does; Ninja's own would cut points in time to milliseconds."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:  # noqa: ARG002
        return to_json(data)


class Api(NinjaAPI):
    """Ninja's API with problem documents, and with the bearer scheme in its OpenAPI document."""

    def __init__(self, *, title: str, version: str) -> None:
        # No pages of documentation: they would load scripts from another host.
        super().__init__(title=title, version=version, docs_url=None, renderer=_Renderer())
        install(self)

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """Return the OpenAPI document."""
        document = super().get_openapi_schema(**kwargs)
        described = problem.schema()
        components = document.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        schemas.update(described.pop("$defs", {}))
        schemas["Problem"] = described
        components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"bearer": []}]
        return document

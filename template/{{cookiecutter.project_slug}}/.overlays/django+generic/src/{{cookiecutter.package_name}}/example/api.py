"""All that other modules may use of this one."""

from {{ cookiecutter.package_name }}.example.dto import CreateItemRequest, ItemDTO
from {{ cookiecutter.package_name }}.example.routes import router
from {{ cookiecutter.package_name }}.example.services import create_item, item, items

__all__ = ["CreateItemRequest", "ItemDTO", "create_item", "item", "items", "router"]

"""All that other modules may use of this one."""

from {{ cookiecutter.package_name }}.dev.dto import RunDTO
from {{ cookiecutter.package_name }}.dev.routes import router

__all__ = ["RunDTO", "router"]

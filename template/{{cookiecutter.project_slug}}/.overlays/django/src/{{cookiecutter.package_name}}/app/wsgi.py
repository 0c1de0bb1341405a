"""The application for a server; settings come from the environment, and a bad one stops the start."""

import os

from django.core.wsgi import get_wsgi_application

__all__ = ["application"]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "{{ cookiecutter.package_name }}.app.settings")
application = get_wsgi_application()

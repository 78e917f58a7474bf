"""The baseline of `pages.py`: the portal's pages under a plain WSGI server."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

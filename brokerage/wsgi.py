"""The application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from brokerage import limits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brokerage.settings")

application = get_wsgi_application()
limits.limit_database("web")

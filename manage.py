#!/usr/bin/env python
"""Django's command line, with this checkout's own PostgreSQL and Redis started first where none were named."""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line

from brokerage import local_services

WITHOUT_SERVERS = {
    "collectstatic", "compilecatalogues", "compilemessages", "diffsettings", "help", "makemessages", "services",
    "spectacular", "version", "--help", "--version",
}  # fmt: skip


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brokerage.settings")
    if len(sys.argv) > 1 and sys.argv[1] not in WITHOUT_SERVERS:
        local_services.start_for(settings)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

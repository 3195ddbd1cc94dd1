"""gunicorn's settings: gunicorn brokerage.wsgi --config python:brokerage.web_server."""

from brokerage.limits import WEB_GRACEFUL

bind = "0.0.0.0:8000"
workers = 3
# Threads, so that pages go on while some wait for a vendor: at most settings.VENDOR_QUESTIONS_AT_ONCE of them do.
worker_class = "gthread"
threads = 8
graceful_timeout = WEB_GRACEFUL
# An order's answers stand in the address of the page that asks on: a request for a certificate among them.
limit_request_line = 8190  # gunicorn's largest
timeout = 60  # a process whose threads are alive but whose loop is not
accesslog = "-"
logger_class = "brokerage.log_masking.AccessLog"

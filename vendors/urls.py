"""Mounts each plugin's own pages, if it has any, below its slug."""

from django.urls import include, path

from vendors.registry import plugins

app_name = "vendors"
urlpatterns = [path(f"{plugin.slug}/", include((plugin.urls, plugin.slug))) for plugin in plugins() if plugin.urls]

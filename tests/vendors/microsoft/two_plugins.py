"""The addresses of an installation in which a second plugin of Microsoft's has the pages of the consent too."""

from django.urls import include, path

from brokerage import urls
from vendors.urls import urlpatterns as of_vendors

urlpatterns = [
    path("vendors/", include(([*of_vendors, path("azure/", include(("vendors.microsoft.urls", "azure")))], "vendors"))),
    *(one for one in urls.urlpatterns if getattr(one, "namespace", "") != "vendors"),
]

"""Where a person watches and fetches an export."""

from django.urls import path

from core.lists import views

app_name = "lists"

urlpatterns = [
    path("exports/<int:pk>/", views.export, name="export"),
    path("exports/<int:pk>/file/", views.export_file, name="export_file"),
]

"""Addresses of the settings."""

from django.urls import path

from spekty.accounts import views

app_name = "accounts"

urlpatterns = [
    path("", views.settings_page, name="settings"),
    path("intervenants/", views.agents, name="agents"),
    path("intervenants/<int:pk>/", views.agent, name="agent"),
    path("<slug:code>/ajouter/", views.edit_row, name="add_row"),
    path("<slug:code>/<int:pk>/", views.edit_row, name="edit_row"),
]

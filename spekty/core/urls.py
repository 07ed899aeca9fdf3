from django.urls import path, re_path

from spekty.core import views

app_name = "core"

urlpatterns = [
    path("accueil/", views.home, name="home"),
    path("aide/", views.help_page, name="help"),
    path("apparence/", views.appearance, name="appearance"),
    path("connecteurs/", views.connectors, name="connectors"),
    re_path(
        r"^connecteurs/(?P<box>envoi|arrivee)/(?P<pk>\d+)/(?P<verb>relancer|classer)/$",
        views.settle_message,
        name="settle_message",
    ),
    path("composants/", views.components, name="components"),
]

from django.urls import path

from spekty.core import views

app_name = "core"

urlpatterns = [
    path("accueil/", views.home, name="home"),
    path("aide/", views.help_page, name="help"),
    path("apparence/", views.appearance, name="appearance"),
    path("composants/", views.components, name="components"),
]

from django.urls import path

from quality.views import search

app_name = "quality"

urlpatterns = [
    path("recherche/", search.search, name="search"),
]

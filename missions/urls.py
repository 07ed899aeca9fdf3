from django.urls import path

from missions.views import draws

app_name = "missions"

urlpatterns = [
    path("lots/<path:number>/tirage/", draws.draw, name="draw"),
    path("lots/<path:number>/complement/", draws.top_up, name="top_up"),
]

from django.urls import path

from planning.views import day, gestures

app_name = "planning"

urlpatterns = [
    path("planning/jour/", day.today, name="day"),
    path("planning/jour/<str:value>/", day.board, name="board"),
    path("planning/jour/<str:value>/apercu/", day.preview, name="preview"),
    path("planning/jour/<str:value>/publier/", day.publish, name="publish"),
    path("planning/jour/<str:value>/verrou/", day.lock_day, name="lock_day"),
    path("planning/deplacer/<int:pk>/", gestures.dialog, name="dialog"),
    path("planning/deplacer/", gestures.move, name="move"),
    path("planning/verrouiller/", gestures.lock, name="lock"),
    path("planning/annuler/", gestures.undo, name="undo"),
]

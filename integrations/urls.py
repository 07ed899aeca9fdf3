from django.urls import path

from integrations.calendar.views import agent_calendar
from integrations.kizeo.views import webhook

app_name = "integrations"

urlpatterns = [
    path("agenda/<str:token>.ics", agent_calendar, name="agent_calendar"),
    path("crochets/kizeo/<str:secret>/", webhook, name="kizeo_webhook"),
]

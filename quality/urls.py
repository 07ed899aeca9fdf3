from django.urls import path

from quality.views import dashboard, reports, review, search

app_name = "quality"

urlpatterns = [
    path("recherche/", search.search, name="search"),
    path("", review.queue, name="queue"),
    path("relectures/<int:pk>/", review.review, name="review"),
    path("relectures/<int:pk>/decision/", review.decide, name="decide"),
    path("relectures/<int:pk>/apercu.pdf", review.preview, name="preview"),
    path("photos/<uuid:key>/", review.photo, name="photo"),
    path("signatures/<int:pk>/", review.signature, name="signature"),
    path("missions/<int:pk>/rapports/", reports.reports, name="reports"),
    path("missions/<int:pk>/amender/", reports.amend, name="amend"),
    path("missions/<int:pk>/contre-visite/", reports.reinspect, name="reinspect"),
    path("rapports/<int:pk>.pdf", reports.report, name="report"),
    path("pilotage/", dashboard.dashboard, name="dashboard"),
]

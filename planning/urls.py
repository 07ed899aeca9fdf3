from django.urls import path

from planning.views import contacts, day, gestures, optimise, people, week

app_name = "planning"

urlpatterns = [
    path("planning/jour/", day.today, name="day"),
    path("planning/jour/<str:value>/", day.board, name="board"),
    path("planning/jour/<str:value>/apercu/", day.preview, name="preview"),
    path("planning/jour/<str:value>/comparer/", day.compare, name="compare"),
    path("planning/jour/<str:value>/publier/", day.publish, name="publish"),
    path("planning/jour/<str:value>/verrou/", day.lock_day, name="lock_day"),
    path("planning/deplacer/<int:pk>/", gestures.dialog, name="dialog"),
    path("planning/deplacer/", gestures.move, name="move"),
    path("planning/verrouiller/", gestures.lock, name="lock"),
    path("planning/annuler/", gestures.undo, name="undo"),
    path("planning/semaine/", week.this_week, name="week"),
    path("planning/semaine/<str:value>/", week.week, name="week_of"),
    path("planning/semaine/<str:value>/lissage/", week.smooth, name="smooth"),
    path("planning/optimiser/", optimise.ask, name="optimise"),
    path("planning/optimiser/<int:pk>/", optimise.run, name="run"),
    path("planning/optimiser/<int:pk>/relancer/", optimise.again, name="run_again"),
    path("planning/optimiser/<int:pk>/appliquer/", optimise.apply, name="apply_run"),
    path("planning/rendez-vous/", contacts.contacts, name="contacts"),
    path("planning/rendez-vous/<int:pk>/creneaux/", contacts.slots, name="slots"),
    path("planning/rendez-vous/<int:pk>/fixer/", contacts.agree, name="agree"),
    path("planning/absences/", people.absences, name="absences"),
    path("planning/absences/<int:pk>/retirer/", people.remove_absence, name="remove_absence"),
    path("planning/competences/", people.skills, name="skills"),
    path("planning/competences/<int:pk>/", people.member, name="member"),
    path("planning/competences/<int:pk>/conditions/", people.save_conditions, name="save_conditions"),
    path("planning/competences/<int:pk>/habilitation/", people.add_right, name="add_right"),
    path("planning/competences/<int:pk>/lien/", people.add_link, name="add_link"),
    path("planning/habilitations/<int:pk>/fin/", people.end_right, name="end_right"),
]

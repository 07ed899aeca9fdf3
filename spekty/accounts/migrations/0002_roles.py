from django.db import migrations

ROLES = ["direction", "siege", "planificateur", "qualite", "paie-facturation", "intervenant", "admin"]


def create_groups(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for role in ROLES:
        group.objects.get_or_create(name=role)


def remove_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    """Each role is a group of the same name (spekty.accounts.enums.Role)."""

    dependencies = [("accounts", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(create_groups, remove_groups, elidable=True)]

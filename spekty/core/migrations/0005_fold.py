from django.db import migrations


class Migration(migrations.Migration):
    """unaccent() is not immutable; naming its dictionary makes it safe to declare so, and to index."""

    dependencies = [("core", "0004_circuits")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION spekty_fold(text) RETURNS text
            LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
            AS $$ SELECT lower(public.unaccent('public.unaccent', $1)) $$
            """,
            "DROP FUNCTION spekty_fold(text)",
        )
    ]

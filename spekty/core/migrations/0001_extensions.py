from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Overlap exclusion, trigram search and accent folding; all three are trusted extensions.

    unaccent() is not immutable; naming its dictionary makes it safe to declare so, and to index.
    """

    initial = True
    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(
            """
            CREATE FUNCTION spekty_fold(text) RETURNS text
            LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
            AS $$ SELECT lower(public.unaccent('public.unaccent', $1)) $$
            """,
            "DROP FUNCTION spekty_fold(text)",
        ),
    ]

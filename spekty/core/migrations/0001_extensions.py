from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Overlap exclusion, trigram search and accent folding; all three are trusted extensions."""

    initial = True
    operations = [BtreeGistExtension(), TrigramExtension(), UnaccentExtension()]

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import spekty.core.triggers
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_extensions'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='StateChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('aggregate', models.CharField(max_length=60, verbose_name='objet')),
                ('aggregate_id', models.BigIntegerField(verbose_name='identifiant')),
                ('transition', models.CharField(max_length=60, verbose_name='transition')),
                ('from_state', models.CharField(max_length=30, verbose_name='de')),
                ('to_state', models.CharField(max_length=30, verbose_name='vers')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='le')),
                ('actor_id', models.BigIntegerField(null=True, verbose_name='auteur')),
                ('actor_name', models.CharField(max_length=150, verbose_name='nom de l’auteur')),
                ('source', models.CharField(choices=[('web', 'Bureau'), ('field', 'Terrain'), ('api', 'API'), ('import', 'Import'), ('task', 'Tâche')], max_length=10, verbose_name='origine')),
                ('reason', models.TextField(blank=True, verbose_name='motif')),
            ],
            options={
                'verbose_name': 'changement d’état',
                'verbose_name_plural': 'changements d’état',
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['aggregate', 'aggregate_id', '-at'], name='statechange_object')],
                'triggers': [pgtrigger.compiler.Trigger(name='state_change_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e83185b7757f94a62957bfa2ae57ada3b89449bc', operation='UPDATE OR DELETE', pgid='pgtrigger_state_change_append_only_91b8e', table='core_statechange', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Effect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('aggregate', models.CharField(max_length=60, verbose_name='objet')),
                ('aggregate_id', models.BigIntegerField(verbose_name='identifiant')),
                ('kind', models.CharField(max_length=60, verbose_name='nature')),
                ('key', models.CharField(blank=True, max_length=120, verbose_name='clé')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='le')),
            ],
            options={
                'verbose_name': 'effet',
                'verbose_name_plural': 'effets',
                'constraints': [models.UniqueConstraint(fields=('aggregate', 'aggregate_id', 'kind', 'key'), name='effect_once')],
            },
        ),
        migrations.CreateModel(
            name='OutboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='clé d’idempotence')),
                ('topic', models.CharField(max_length=60, verbose_name='sujet')),
                ('aggregate', models.CharField(max_length=60, verbose_name='objet')),
                ('aggregate_id', models.BigIntegerField(verbose_name='identifiant')),
                ('payload', models.JSONField(blank=True, default=dict, verbose_name='contenu')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='créé le')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='essais')),
                ('next_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='prochain essai')),
                ('lease_until', models.DateTimeField(null=True, verbose_name='réservé jusqu’à')),
                ('lease_token', models.UUIDField(null=True, verbose_name='réservé par')),
                ('started_at', models.DateTimeField(null=True, verbose_name='envoi commencé le')),
                ('delivered_at', models.DateTimeField(null=True, verbose_name='remis le')),
                ('dead_at', models.DateTimeField(null=True, verbose_name='abandonné le')),
                ('error', models.TextField(blank=True, verbose_name='dernière erreur')),
            ],
            options={
                'verbose_name': 'message sortant',
                'verbose_name_plural': 'messages sortants',
                'indexes': [models.Index(condition=models.Q(('dead_at__isnull', True), ('delivered_at__isnull', True)), fields=['topic', 'next_at'], name='outbox_waiting'), models.Index(fields=['aggregate', 'aggregate_id'], name='outbox_object'), models.Index(fields=['topic', '-delivered_at'], name='outbox_delivered'), models.Index(condition=models.Q(('delivered_at__isnull', True)), fields=['topic', 'created_at'], name='outbox_unsettled')],
                'constraints': [models.CheckConstraint(condition=models.Q(('delivered_at__isnull', True), ('dead_at__isnull', True), _connector='OR'), name='outbox_delivered_or_dead', violation_error_message='Un message remis ne peut pas être abandonné.')],
            },
        ),
        migrations.CreateModel(
            name='Circuit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('connector', models.CharField(max_length=30, unique=True, verbose_name='connecteur')),
                ('failures', models.PositiveIntegerField(default=0, verbose_name='échecs de suite')),
                ('opened_at', models.DateTimeField(null=True, verbose_name='coupé depuis')),
                ('probe_at', models.DateTimeField(null=True, verbose_name='prochain essai')),
                ('error', models.TextField(blank=True, verbose_name='dernière erreur')),
            ],
            options={
                'verbose_name': 'coupe-circuit',
                'verbose_name_plural': 'coupe-circuits',
            },
        ),
        migrations.CreateModel(
            name='InboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=40, verbose_name='origine')),
                ('external_id', models.CharField(max_length=200, verbose_name='identifiant d’origine')),
                ('sha256', models.CharField(max_length=64, verbose_name='empreinte')),
                ('raw', models.JSONField(verbose_name='contenu reçu')),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='reçu le')),
                ('processed_at', models.DateTimeField(null=True, verbose_name='traité le')),
                ('error', models.TextField(blank=True, verbose_name='erreur')),
            ],
            options={
                'verbose_name': 'message entrant',
                'verbose_name_plural': 'messages entrants',
                'constraints': [models.UniqueConstraint(fields=('source', 'external_id'), name='inbox_once')],
            },
        ),
        migrations.CreateModel(
            name='NumberSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, verbose_name='série')),
                ('year', models.PositiveSmallIntegerField(verbose_name='année')),
                ('last', models.PositiveIntegerField(default=0, verbose_name='dernier numéro')),
            ],
            options={
                'verbose_name': 'série de numéros',
                'verbose_name_plural': 'séries de numéros',
                'constraints': [models.UniqueConstraint(fields=('code', 'year'), name='number_series_once')],
            },
        ),
        migrations.CreateModel(
            name='Parameter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True, verbose_name='code')),
                ('label', models.CharField(max_length=150, verbose_name='intitulé')),
                ('value', models.DecimalField(decimal_places=4, max_digits=12, verbose_name='valeur')),
                ('unit', models.CharField(blank=True, max_length=20, verbose_name='unité')),
                ('reference', models.CharField(blank=True, max_length=200, verbose_name='référence')),
            ],
            options={
                'verbose_name': 'paramètre',
                'verbose_name_plural': 'paramètres',
                'ordering': ['code'],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "core_parameterevent" ("code", "id", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "unit", "value") VALUES (NEW."code", NEW."id", NEW."label", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."unit", NEW."value"); RETURN NULL;', hash='5c6838ee02294887d0f55ceb23148efd2b516c33', operation='INSERT', pgid='pgtrigger_insert_insert_6fea5', table='core_parameter', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "core_parameterevent" ("code", "id", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "unit", "value") VALUES (NEW."code", NEW."id", NEW."label", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."unit", NEW."value"); RETURN NULL;', hash='70f224d83ac83bf9ad237dc1d5d2cc8d0616e168', operation='UPDATE', pgid='pgtrigger_update_update_f5bb6', table='core_parameter', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "core_parameterevent" ("code", "id", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "unit", "value") VALUES (OLD."code", OLD."id", OLD."label", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reference", OLD."unit", OLD."value"); RETURN NULL;', hash='b149a9ec7906b9d9845d0d0ae55949cdcf0f2734', operation='DELETE', pgid='pgtrigger_delete_delete_fbe61', table='core_parameter', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ParameterEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.parameter')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('code', models.SlugField(db_index=False, max_length=60, verbose_name='code')),
                ('label', models.CharField(max_length=150, verbose_name='intitulé')),
                ('value', models.DecimalField(decimal_places=4, max_digits=12, verbose_name='valeur')),
                ('unit', models.CharField(blank=True, max_length=20, verbose_name='unité')),
                ('reference', models.CharField(blank=True, max_length=200, verbose_name='référence')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ba065bf6315b45b3bcf934ecc00a55d7c7cc281f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8bf0c', table='core_parameterevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(db_index=True, max_length=64, verbose_name='empreinte')),
                ('name', models.CharField(max_length=200, verbose_name='nom')),
                ('mime', models.CharField(max_length=100, verbose_name='type')),
                ('size', models.PositiveBigIntegerField(verbose_name='taille en octets')),
                ('content', models.FileField(upload_to='files/%Y/%m/', verbose_name='contenu')),
                ('store_path', models.CharField(max_length=400, verbose_name='chemin dans la GED')),
                ('stored_at', models.DateTimeField(blank=True, null=True, verbose_name='déposé en GED le')),
                ('etag', models.CharField(blank=True, max_length=100, verbose_name='version en GED')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='ajouté le')),
                ('created_by_id', models.BigIntegerField(blank=True, null=True, verbose_name='ajouté par')),
            ],
            options={
                'verbose_name': 'fichier',
                'verbose_name_plural': 'fichiers',
                'constraints': [models.UniqueConstraint(fields=('store_path',), name='stored_file_path_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "core_storedfileevent" ("content", "created_at", "created_by_id", "etag", "id", "mime", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size", "store_path", "stored_at") VALUES (NEW."content", NEW."created_at", NEW."created_by_id", NEW."etag", NEW."id", NEW."mime", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."sha256", NEW."size", NEW."store_path", NEW."stored_at"); RETURN NULL;', hash='6a4f76514df224799aab07beb5a2885c00d11984', operation='INSERT', pgid='pgtrigger_insert_insert_e2312', table='core_storedfile', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "core_storedfileevent" ("content", "created_at", "created_by_id", "etag", "id", "mime", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size", "store_path", "stored_at") VALUES (NEW."content", NEW."created_at", NEW."created_by_id", NEW."etag", NEW."id", NEW."mime", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sha256", NEW."size", NEW."store_path", NEW."stored_at"); RETURN NULL;', hash='db4df0b90dfa14b9c634a5a0fd63e076eba37aed', operation='UPDATE', pgid='pgtrigger_update_update_85176', table='core_storedfile', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "core_storedfileevent" ("content", "created_at", "created_by_id", "etag", "id", "mime", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size", "store_path", "stored_at") VALUES (OLD."content", OLD."created_at", OLD."created_by_id", OLD."etag", OLD."id", OLD."mime", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."sha256", OLD."size", OLD."store_path", OLD."stored_at"); RETURN NULL;', hash='d389872e9ce032c176d6405f4d56b1bc774de0fd', operation='DELETE', pgid='pgtrigger_delete_delete_7e996', table='core_storedfile', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='StoredFileEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.storedfile')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('sha256', models.CharField(max_length=64, verbose_name='empreinte')),
                ('name', models.CharField(max_length=200, verbose_name='nom')),
                ('mime', models.CharField(max_length=100, verbose_name='type')),
                ('size', models.PositiveBigIntegerField(verbose_name='taille en octets')),
                ('content', models.FileField(upload_to='files/%Y/%m/', verbose_name='contenu')),
                ('store_path', models.CharField(max_length=400, verbose_name='chemin dans la GED')),
                ('stored_at', models.DateTimeField(blank=True, null=True, verbose_name='déposé en GED le')),
                ('etag', models.CharField(blank=True, max_length=100, verbose_name='version en GED')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='ajouté le')),
                ('created_by_id', models.BigIntegerField(blank=True, null=True, verbose_name='ajouté par')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='94b6c8227df6eb340e9b429aae4380724d22a81e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_3e7f7', table='core_storedfileevent', when='BEFORE'))],
            },
        ),
        spekty.core.triggers.InstallTriggers(
        ),
    ]

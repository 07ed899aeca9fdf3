import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import spekty.core.triggers
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('core', '0002_initial'),
        ('missions', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReadingDefinition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, verbose_name='code')),
                ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                ('label', models.CharField(max_length=120, verbose_name='intitulé')),
                ('content', models.JSONField(verbose_name='questions')),
                ('valid_from', models.DateField(verbose_name='applicable à partir du')),
            ],
            options={
                'verbose_name': 'définition de relevé',
                'verbose_name_plural': 'définitions de relevé',
                'ordering': ['code', '-version'],
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='definition_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='reading_definition_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f4c2d8c6bfaf8cf4b71e545ea7e8047fd909bed1', operation='UPDATE OR DELETE', pgid='pgtrigger_reading_definition_append_only_2e537', table='field_readingdefinition', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(unique=True, verbose_name='clé d’idempotence')),
                ('mission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='missions.mission', verbose_name='mission')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='accounts.agent', verbose_name='intervenant')),
                ('definition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='field.readingdefinition', verbose_name='définition')),
                ('state', models.CharField(choices=[('current', 'En vigueur'), ('superseded', 'Remplacé'), ('disputed', 'À trancher')], default='current', max_length=10, verbose_name='état')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='commencé le')),
                ('finished_at', models.DateTimeField(verbose_name='terminé le')),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='reçu le')),
                ('answers', models.JSONField(default=dict, verbose_name='réponses')),
                ('proposed', models.CharField(blank=True, choices=[('S', 'Satisfaisant'), ('NS', 'Non satisfaisant'), ('NV', 'Non vérifiable')], max_length=2, verbose_name='conclusion proposée')),
                ('not_verifiable', models.CharField(blank=True, choices=[('not_visible', 'Non visible'), ('not_accessible', 'Non accessible')], max_length=15, verbose_name='non vérifiable car')),
                ('why', models.JSONField(blank=True, default=list, verbose_name='raisons de la conclusion')),
                ('area_measured', models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True, verbose_name='surface mesurée')),
                ('comment', models.TextField(blank=True, verbose_name='commentaire')),
                ('signer', models.CharField(blank=True, max_length=120, verbose_name='signataire')),
                ('signature', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile', verbose_name='signature')),
                ('source', models.CharField(choices=[('web', 'Bureau'), ('field', 'Terrain'), ('api', 'API'), ('import', 'Import'), ('task', 'Tâche')], max_length=10, verbose_name='origine')),
            ],
            options={
                'verbose_name': 'relevé',
                'verbose_name_plural': 'relevés',
                'ordering': ['-finished_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'current')), fields=('mission',), name='reading_one_current', violation_error_message='Cette mission a déjà un relevé en vigueur.')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "field_readingevent" ("agent_id", "answers", "area_measured", "comment", "definition_id", "finished_at", "id", "key", "mission_id", "not_verifiable", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed", "received_at", "signature_id", "signer", "source", "started_at", "state", "why") VALUES (NEW."agent_id", NEW."answers", NEW."area_measured", NEW."comment", NEW."definition_id", NEW."finished_at", NEW."id", NEW."key", NEW."mission_id", NEW."not_verifiable", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."proposed", NEW."received_at", NEW."signature_id", NEW."signer", NEW."source", NEW."started_at", NEW."state", NEW."why"); RETURN NULL;', hash='9025171a14256a43fb137867da738200919f2664', operation='INSERT', pgid='pgtrigger_insert_insert_73805', table='field_reading', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "field_readingevent" ("agent_id", "answers", "area_measured", "comment", "definition_id", "finished_at", "id", "key", "mission_id", "not_verifiable", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed", "received_at", "signature_id", "signer", "source", "started_at", "state", "why") VALUES (NEW."agent_id", NEW."answers", NEW."area_measured", NEW."comment", NEW."definition_id", NEW."finished_at", NEW."id", NEW."key", NEW."mission_id", NEW."not_verifiable", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."proposed", NEW."received_at", NEW."signature_id", NEW."signer", NEW."source", NEW."started_at", NEW."state", NEW."why"); RETURN NULL;', hash='902e9b4fae1293b3ef1b3221800ab454883ac19a', operation='UPDATE', pgid='pgtrigger_update_update_699bf', table='field_reading', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "field_readingevent" ("agent_id", "answers", "area_measured", "comment", "definition_id", "finished_at", "id", "key", "mission_id", "not_verifiable", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed", "received_at", "signature_id", "signer", "source", "started_at", "state", "why") VALUES (OLD."agent_id", OLD."answers", OLD."area_measured", OLD."comment", OLD."definition_id", OLD."finished_at", OLD."id", OLD."key", OLD."mission_id", OLD."not_verifiable", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."proposed", OLD."received_at", OLD."signature_id", OLD."signer", OLD."source", OLD."started_at", OLD."state", OLD."why"); RETURN NULL;', hash='ff5f8f31be08a4111659471f7b46effc910b64c3', operation='DELETE', pgid='pgtrigger_delete_delete_d825e', table='field_reading', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ReadingEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='field.reading')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('key', models.UUIDField(verbose_name='clé d’idempotence')),
                ('mission', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='missions.mission', verbose_name='mission')),
                ('agent', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.agent', verbose_name='intervenant')),
                ('definition', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='field.readingdefinition', verbose_name='définition')),
                ('state', models.CharField(choices=[('current', 'En vigueur'), ('superseded', 'Remplacé'), ('disputed', 'À trancher')], default='current', max_length=10, verbose_name='état')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='commencé le')),
                ('finished_at', models.DateTimeField(verbose_name='terminé le')),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='reçu le')),
                ('answers', models.JSONField(default=dict, verbose_name='réponses')),
                ('proposed', models.CharField(blank=True, choices=[('S', 'Satisfaisant'), ('NS', 'Non satisfaisant'), ('NV', 'Non vérifiable')], max_length=2, verbose_name='conclusion proposée')),
                ('not_verifiable', models.CharField(blank=True, choices=[('not_visible', 'Non visible'), ('not_accessible', 'Non accessible')], max_length=15, verbose_name='non vérifiable car')),
                ('why', models.JSONField(blank=True, default=list, verbose_name='raisons de la conclusion')),
                ('area_measured', models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True, verbose_name='surface mesurée')),
                ('comment', models.TextField(blank=True, verbose_name='commentaire')),
                ('signer', models.CharField(blank=True, max_length=120, verbose_name='signataire')),
                ('signature', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.storedfile', verbose_name='signature')),
                ('source', models.CharField(choices=[('web', 'Bureau'), ('field', 'Terrain'), ('api', 'API'), ('import', 'Import'), ('task', 'Tâche')], max_length=10, verbose_name='origine')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6d11a24b0d8168d2c28cd9dd4f3da6b66ea6f508', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ea569', table='field_readingevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Photo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(unique=True, verbose_name='clé d’idempotence')),
                ('reading', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='field.reading', verbose_name='relevé')),
                ('question', models.CharField(blank=True, max_length=60, verbose_name='question')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile', verbose_name='fichier')),
                ('original_sha256', models.CharField(blank=True, max_length=64, verbose_name='empreinte de l’original')),
                ('taken_at', models.DateTimeField(blank=True, null=True, verbose_name='prise le')),
                ('lat', models.FloatField(blank=True, null=True, verbose_name='latitude')),
                ('lon', models.FloatField(blank=True, null=True, verbose_name='longitude')),
            ],
            options={
                'verbose_name': 'photo',
                'verbose_name_plural': 'photos',
                'ordering': ['id'],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "field_photoevent" ("file_id", "id", "key", "lat", "lon", "original_sha256", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "reading_id", "taken_at") VALUES (NEW."file_id", NEW."id", NEW."key", NEW."lat", NEW."lon", NEW."original_sha256", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."question", NEW."reading_id", NEW."taken_at"); RETURN NULL;', hash='f596de1687593fd4603539c450f941515ff4c9ad', operation='INSERT', pgid='pgtrigger_insert_insert_8765b', table='field_photo', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "field_photoevent" ("file_id", "id", "key", "lat", "lon", "original_sha256", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "reading_id", "taken_at") VALUES (NEW."file_id", NEW."id", NEW."key", NEW."lat", NEW."lon", NEW."original_sha256", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."question", NEW."reading_id", NEW."taken_at"); RETURN NULL;', hash='a0343a3bc9fc78be7e6c2fd50364747a7f6921d6', operation='UPDATE', pgid='pgtrigger_update_update_97e02', table='field_photo', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "field_photoevent" ("file_id", "id", "key", "lat", "lon", "original_sha256", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "reading_id", "taken_at") VALUES (OLD."file_id", OLD."id", OLD."key", OLD."lat", OLD."lon", OLD."original_sha256", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."question", OLD."reading_id", OLD."taken_at"); RETURN NULL;', hash='d28966c2dd2a2c996bd5d1076ff10e338d998b47', operation='DELETE', pgid='pgtrigger_delete_delete_21e38', table='field_photo', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='PhotoEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='field.photo')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('key', models.UUIDField(verbose_name='clé d’idempotence')),
                ('reading', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='field.reading', verbose_name='relevé')),
                ('question', models.CharField(blank=True, max_length=60, verbose_name='question')),
                ('file', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.storedfile', verbose_name='fichier')),
                ('original_sha256', models.CharField(blank=True, max_length=64, verbose_name='empreinte de l’original')),
                ('taken_at', models.DateTimeField(blank=True, null=True, verbose_name='prise le')),
                ('lat', models.FloatField(blank=True, null=True, verbose_name='latitude')),
                ('lon', models.FloatField(blank=True, null=True, verbose_name='longitude')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='65aa17f18574fa3e78c147e5b610e6451342383a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5a539', table='field_photoevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='DailyKm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='daily_km', to='accounts.agent', verbose_name='intervenant')),
                ('day', models.DateField(verbose_name='jour')),
                ('km', models.DecimalField(decimal_places=1, max_digits=7, verbose_name='km')),
            ],
            options={
                'verbose_name': 'kilomètres du jour',
                'verbose_name_plural': 'kilomètres du jour',
                'ordering': ['-day'],
                'constraints': [models.UniqueConstraint(fields=('agent', 'day'), name='km_once_a_day'), models.CheckConstraint(condition=models.Q(('km__gte', 0)), name='km_positive', violation_error_message='Des km négatifs ?')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "field_dailykmevent" ("agent_id", "day", "id", "km", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."agent_id", NEW."day", NEW."id", NEW."km", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='756e9fb197439b7ce97633a4a49bf2013ae63458', operation='INSERT', pgid='pgtrigger_insert_insert_4a4a7', table='field_dailykm', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "field_dailykmevent" ("agent_id", "day", "id", "km", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."agent_id", NEW."day", NEW."id", NEW."km", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='97c718b1ae50634e87c6d3b86369fdfc98b36ffc', operation='UPDATE', pgid='pgtrigger_update_update_68d44', table='field_dailykm', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "field_dailykmevent" ("agent_id", "day", "id", "km", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."agent_id", OLD."day", OLD."id", OLD."km", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='4622ad971a63a64e716d3c0d0e85f1bf8541dbe1', operation='DELETE', pgid='pgtrigger_delete_delete_3f8f6', table='field_dailykm', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='DailyKmEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='field.dailykm')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('agent', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.agent', verbose_name='intervenant')),
                ('day', models.DateField(verbose_name='jour')),
                ('km', models.DecimalField(decimal_places=1, max_digits=7, verbose_name='km')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='06ee3e14989e3d7ae28b601d9d30a97963bff0d1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_44de9', table='field_dailykmevent', when='BEFORE'))],
            },
        ),
        spekty.core.triggers.InstallTriggers(
        ),
    ]

import django.db.models.constraints
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import spekty.core.triggers
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('missions', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, verbose_name='version')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tours', to='accounts.agent', verbose_name='intervenant')),
                ('day', models.DateField(db_index=True, verbose_name='jour')),
                ('status', models.CharField(choices=[('draft', 'Brouillon'), ('published', 'Publiée'), ('started', 'Commencée'), ('done', 'Terminée')], default='draft', max_length=10, verbose_name='statut')),
                ('is_locked', models.BooleanField(default=False, verbose_name='verrouillée')),
                ('km', models.DecimalField(decimal_places=1, default=0, max_digits=7, verbose_name='km prévus')),
                ('drive_minutes', models.PositiveIntegerField(default=0, verbose_name='conduite en minutes')),
                ('starts_at', models.DateTimeField(blank=True, null=True, verbose_name='départ')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='retour')),
                ('published', models.JSONField(blank=True, default=list, verbose_name='version publiée')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='publiée le')),
            ],
            options={
                'verbose_name': 'tournée',
                'verbose_name_plural': 'tournées',
                'ordering': ['day', 'agent'],
                'constraints': [models.UniqueConstraint(fields=('agent', 'day'), name='tour_once_a_day')],
                'triggers': [pgtrigger.compiler.Trigger(name='tour_status_guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.status IS DISTINCT FROM NEW.status)', func="IF (OLD.status, NEW.status) NOT IN (('done', 'started'), ('draft', 'published'), ('draft', 'started'), ('published', 'draft'), ('published', 'started'), ('started', 'done')) THEN RAISE EXCEPTION 'illegal transition of tour: % -> %', OLD.status, NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='d2fcca612934da911025ee2229d70d43eeaf55d4', operation='UPDATE', pgid='pgtrigger_tour_status_guard_b4acc', table='planning_tour', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "planning_tourevent" ("agent_id", "day", "drive_minutes", "ends_at", "id", "is_locked", "km", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published", "published_at", "starts_at", "status", "version") VALUES (NEW."agent_id", NEW."day", NEW."drive_minutes", NEW."ends_at", NEW."id", NEW."is_locked", NEW."km", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."published", NEW."published_at", NEW."starts_at", NEW."status", NEW."version"); RETURN NULL;', hash='018f2431d95f542c28d2f6bb0f738765b5ee3547', operation='INSERT', pgid='pgtrigger_insert_insert_b2dc7', table='planning_tour', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "planning_tourevent" ("agent_id", "day", "drive_minutes", "ends_at", "id", "is_locked", "km", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published", "published_at", "starts_at", "status", "version") VALUES (NEW."agent_id", NEW."day", NEW."drive_minutes", NEW."ends_at", NEW."id", NEW."is_locked", NEW."km", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."published", NEW."published_at", NEW."starts_at", NEW."status", NEW."version"); RETURN NULL;', hash='ca23d3faf1e77f600dad783ac29d41978fea291b', operation='UPDATE', pgid='pgtrigger_update_update_9dc47', table='planning_tour', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "planning_tourevent" ("agent_id", "day", "drive_minutes", "ends_at", "id", "is_locked", "km", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published", "published_at", "starts_at", "status", "version") VALUES (OLD."agent_id", OLD."day", OLD."drive_minutes", OLD."ends_at", OLD."id", OLD."is_locked", OLD."km", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."published", OLD."published_at", OLD."starts_at", OLD."status", OLD."version"); RETURN NULL;', hash='662bd3575f5779b271c58386f16ff5bd68675514', operation='DELETE', pgid='pgtrigger_delete_delete_af4c6', table='planning_tour', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='TourEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='planning.tour')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('version', models.PositiveIntegerField(default=0, verbose_name='version')),
                ('agent', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.agent', verbose_name='intervenant')),
                ('day', models.DateField(verbose_name='jour')),
                ('status', models.CharField(choices=[('draft', 'Brouillon'), ('published', 'Publiée'), ('started', 'Commencée'), ('done', 'Terminée')], default='draft', max_length=10, verbose_name='statut')),
                ('is_locked', models.BooleanField(default=False, verbose_name='verrouillée')),
                ('km', models.DecimalField(decimal_places=1, default=0, max_digits=7, verbose_name='km prévus')),
                ('drive_minutes', models.PositiveIntegerField(default=0, verbose_name='conduite en minutes')),
                ('starts_at', models.DateTimeField(blank=True, null=True, verbose_name='départ')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='retour')),
                ('published', models.JSONField(blank=True, default=list, verbose_name='version publiée')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='publiée le')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e96b517475e20656cbe216d7ebce899b999681d3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b17d1', table='planning_tourevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Stop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tour', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stops', to='planning.tour', verbose_name='tournée')),
                ('mission', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='stop', to='missions.mission', verbose_name='mission')),
                ('position', models.PositiveSmallIntegerField(verbose_name='ordre')),
                ('arrives_at', models.DateTimeField(blank=True, null=True, verbose_name='arrivée prévue')),
                ('leaves_at', models.DateTimeField(blank=True, null=True, verbose_name='départ prévu')),
                ('travel_km', models.DecimalField(decimal_places=1, default=0, max_digits=6, verbose_name='km depuis le précédent')),
                ('travel_minutes', models.PositiveSmallIntegerField(default=0, verbose_name='minutes depuis le précédent')),
                ('is_locked', models.BooleanField(default=False, verbose_name='verrouillé')),
                ('provenance', models.CharField(choices=[('hand', 'À la main'), ('suggestion', 'Proposition acceptée'), ('engine', 'Optimisation'), ('import', 'Classeur')], default='hand', max_length=10, verbose_name='origine')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='motif d’un écart aux règles')),
            ],
            options={
                'verbose_name': 'passage',
                'verbose_name_plural': 'passages',
                'ordering': ['tour', 'position'],
                'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('tour', 'position'), name='stop_order'), models.CheckConstraint(condition=models.Q(('leaves_at__isnull', True), ('leaves_at__gte', models.F('arrives_at')), _connector='OR'), name='stop_times', violation_error_message='Un passage finit après avoir commencé.')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "planning_stopevent" ("arrives_at", "id", "is_locked", "leaves_at", "mission_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "provenance", "reason", "tour_id", "travel_km", "travel_minutes") VALUES (NEW."arrives_at", NEW."id", NEW."is_locked", NEW."leaves_at", NEW."mission_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."provenance", NEW."reason", NEW."tour_id", NEW."travel_km", NEW."travel_minutes"); RETURN NULL;', hash='d995a933b80ae0718ae46ff64a95b6b9e0e9d846', operation='INSERT', pgid='pgtrigger_insert_insert_ecf2e', table='planning_stop', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "planning_stopevent" ("arrives_at", "id", "is_locked", "leaves_at", "mission_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "provenance", "reason", "tour_id", "travel_km", "travel_minutes") VALUES (NEW."arrives_at", NEW."id", NEW."is_locked", NEW."leaves_at", NEW."mission_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."provenance", NEW."reason", NEW."tour_id", NEW."travel_km", NEW."travel_minutes"); RETURN NULL;', hash='00c40152a0ad9b01ba321b0650c41b37e2f8855d', operation='UPDATE', pgid='pgtrigger_update_update_75136', table='planning_stop', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "planning_stopevent" ("arrives_at", "id", "is_locked", "leaves_at", "mission_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "provenance", "reason", "tour_id", "travel_km", "travel_minutes") VALUES (OLD."arrives_at", OLD."id", OLD."is_locked", OLD."leaves_at", OLD."mission_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."provenance", OLD."reason", OLD."tour_id", OLD."travel_km", OLD."travel_minutes"); RETURN NULL;', hash='df1a6da7cd36f2e987fd4feba53f1cd830284015', operation='DELETE', pgid='pgtrigger_delete_delete_38c16', table='planning_stop', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='StopEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='planning.stop')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('tour', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='planning.tour', verbose_name='tournée')),
                ('mission', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='missions.mission', verbose_name='mission')),
                ('position', models.PositiveSmallIntegerField(verbose_name='ordre')),
                ('arrives_at', models.DateTimeField(blank=True, null=True, verbose_name='arrivée prévue')),
                ('leaves_at', models.DateTimeField(blank=True, null=True, verbose_name='départ prévu')),
                ('travel_km', models.DecimalField(decimal_places=1, default=0, max_digits=6, verbose_name='km depuis le précédent')),
                ('travel_minutes', models.PositiveSmallIntegerField(default=0, verbose_name='minutes depuis le précédent')),
                ('is_locked', models.BooleanField(default=False, verbose_name='verrouillé')),
                ('provenance', models.CharField(choices=[('hand', 'À la main'), ('suggestion', 'Proposition acceptée'), ('engine', 'Optimisation'), ('import', 'Classeur')], default='hand', max_length=10, verbose_name='origine')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='motif d’un écart aux règles')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7b5ca0d0951b98c53826efaf452fe82a76e769d3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c568c', table='planning_stopevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='DayLock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='jour')),
                ('reason', models.CharField(blank=True, max_length=150, verbose_name='motif')),
            ],
            options={
                'verbose_name': 'jour verrouillé',
                'verbose_name_plural': 'jours verrouillés',
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "planning_daylockevent" ("day", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."day", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason"); RETURN NULL;', hash='23dd7b49980fb872417a5fa2981786fafcdcad52', operation='INSERT', pgid='pgtrigger_insert_insert_34111', table='planning_daylock', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "planning_daylockevent" ("day", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."day", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason"); RETURN NULL;', hash='5bacd682e294ca931c90ba5287129901abadf845', operation='UPDATE', pgid='pgtrigger_update_update_c4477', table='planning_daylock', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "planning_daylockevent" ("day", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (OLD."day", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason"); RETURN NULL;', hash='d170aaa005b1eaac2d1788288c6edef9fac8d89c', operation='DELETE', pgid='pgtrigger_delete_delete_71fcd', table='planning_daylock', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='DayLockEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='planning.daylock')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('day', models.DateField(verbose_name='jour')),
                ('reason', models.CharField(blank=True, max_length=150, verbose_name='motif')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='9235a6fe38d3ecbef9a79ee3384ff40dc0532e0f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5db02', table='planning_daylockevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='BoardMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='le')),
                ('label', models.CharField(max_length=200, verbose_name='geste')),
                ('before', models.JSONField(verbose_name='avant')),
                ('after', models.JSONField(verbose_name='après')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='annulé le')),
            ],
            options={
                'verbose_name': 'geste du plateau',
                'verbose_name_plural': 'gestes du plateau',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='PlanRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('queued', 'En attente'), ('running', 'Calcul en cours'), ('ready', 'À examiner'), ('applied', 'Appliquée'), ('failed', 'Échouée'), ('discarded', 'Écartée')], default='queued', max_length=10, verbose_name='état')),
                ('scope', models.JSONField(default=dict, verbose_name='portée')),
                ('progress', models.PositiveSmallIntegerField(default=0, verbose_name='avancement en %')),
                ('step', models.CharField(blank=True, max_length=120, verbose_name='étape')),
                ('result', models.JSONField(blank=True, default=dict, verbose_name='proposition')),
                ('error', models.TextField(blank=True, verbose_name='erreur')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='demandée le')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='terminée le')),
            ],
            options={
                'verbose_name': 'optimisation',
                'verbose_name_plural': 'optimisations',
                'ordering': ['-id'],
            },
        ),
        spekty.core.triggers.InstallTriggers(
        ),
    ]

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
        ('core', '0002_initial'),
        ('field', '0001_initial'),
        ('missions', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='missions.mission', verbose_name='mission')),
                ('reading', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='field.reading', verbose_name='relevé')),
                ('reviewer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to=settings.AUTH_USER_MODEL, verbose_name='relecteur')),
                ('reviewer_name', models.CharField(blank=True, max_length=150, verbose_name='nom du relecteur')),
                ('reviewer_agent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='accounts.agent', verbose_name='relecteur (agent)')),
                ('inspector', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviewed', to='accounts.agent', verbose_name='intervenant')),
                ('decision', models.CharField(choices=[('accepted', 'Validé'), ('sent_back', 'Renvoyé à compléter')], max_length=10, verbose_name='décision')),
                ('conclusion', models.CharField(blank=True, choices=[('S', 'Satisfaisant'), ('NS', 'Non satisfaisant'), ('NV', 'Non vérifiable')], max_length=2, verbose_name='conclusion')),
                ('comment', models.TextField(blank=True, verbose_name='commentaire')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='le')),
                ('is_legacy', models.BooleanField(default=False, verbose_name='reprise du classeur')),
            ],
            options={
                'verbose_name': 'relecture',
                'verbose_name_plural': 'relectures',
                'ordering': ['-at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reviewer_agent__isnull', True), models.Q(('reviewer_agent', models.F('inspector')), _negated=True), ('is_legacy', True), _connector='OR'), name='review_by_someone_else', violation_error_message='Le relecteur doit être une autre personne que l’intervenant.'), models.CheckConstraint(condition=models.Q(models.Q(('decision', 'sent_back'), _negated=True), models.Q(('comment', ''), _negated=True), _connector='OR'), name='review_sent_back_says_why', violation_error_message='Dites ce qui est à compléter.')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "quality_reviewevent" ("at", "comment", "conclusion", "decision", "id", "inspector_id", "is_legacy", "mission_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reading_id", "reviewer_agent_id", "reviewer_id", "reviewer_name") VALUES (NEW."at", NEW."comment", NEW."conclusion", NEW."decision", NEW."id", NEW."inspector_id", NEW."is_legacy", NEW."mission_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reading_id", NEW."reviewer_agent_id", NEW."reviewer_id", NEW."reviewer_name"); RETURN NULL;', hash='ef245ad8c5b0e0c3bc0fa738a681dee0844a8666', operation='INSERT', pgid='pgtrigger_insert_insert_bc972', table='quality_review', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "quality_reviewevent" ("at", "comment", "conclusion", "decision", "id", "inspector_id", "is_legacy", "mission_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reading_id", "reviewer_agent_id", "reviewer_id", "reviewer_name") VALUES (NEW."at", NEW."comment", NEW."conclusion", NEW."decision", NEW."id", NEW."inspector_id", NEW."is_legacy", NEW."mission_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reading_id", NEW."reviewer_agent_id", NEW."reviewer_id", NEW."reviewer_name"); RETURN NULL;', hash='143f8bb31f8e87079f2a3664ab25e957ae53b7bc', operation='UPDATE', pgid='pgtrigger_update_update_e6990', table='quality_review', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "quality_reviewevent" ("at", "comment", "conclusion", "decision", "id", "inspector_id", "is_legacy", "mission_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reading_id", "reviewer_agent_id", "reviewer_id", "reviewer_name") VALUES (OLD."at", OLD."comment", OLD."conclusion", OLD."decision", OLD."id", OLD."inspector_id", OLD."is_legacy", OLD."mission_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reading_id", OLD."reviewer_agent_id", OLD."reviewer_id", OLD."reviewer_name"); RETURN NULL;', hash='5b0b3fcc1ff5fff6099beebfe6a96e825521ff0f', operation='DELETE', pgid='pgtrigger_delete_delete_8aa9b', table='quality_review', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ReviewEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='quality.review')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('mission', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='missions.mission', verbose_name='mission')),
                ('reading', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='field.reading', verbose_name='relevé')),
                ('reviewer', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='relecteur')),
                ('reviewer_name', models.CharField(blank=True, max_length=150, verbose_name='nom du relecteur')),
                ('reviewer_agent', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.agent', verbose_name='relecteur (agent)')),
                ('inspector', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.agent', verbose_name='intervenant')),
                ('decision', models.CharField(choices=[('accepted', 'Validé'), ('sent_back', 'Renvoyé à compléter')], max_length=10, verbose_name='décision')),
                ('conclusion', models.CharField(blank=True, choices=[('S', 'Satisfaisant'), ('NS', 'Non satisfaisant'), ('NV', 'Non vérifiable')], max_length=2, verbose_name='conclusion')),
                ('comment', models.TextField(blank=True, verbose_name='commentaire')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='le')),
                ('is_legacy', models.BooleanField(default=False, verbose_name='reprise du classeur')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='15f3ce4fd5c5fe0cdfd9f651389a8ee7fb484c57', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_04940', table='quality_reviewevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='missions.mission', verbose_name='mission')),
                ('number', models.CharField(max_length=30, verbose_name='n° de rapport')),
                ('rank', models.PositiveSmallIntegerField(default=1, verbose_name='version')),
                ('replaces', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quality.report', verbose_name='remplace')),
                ('review', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quality.review', verbose_name='relecture')),
                ('conclusion', models.CharField(blank=True, choices=[('S', 'Satisfaisant'), ('NS', 'Non satisfaisant'), ('NV', 'Non vérifiable')], max_length=2, verbose_name='conclusion')),
                ('content', models.JSONField(default=dict, verbose_name='contenu figé')),
                ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile', verbose_name='fichier')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='empreinte')),
                ('issued_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='émis le')),
                ('issued_by_name', models.CharField(max_length=150, verbose_name='émis par')),
                ('is_legacy', models.BooleanField(default=False, verbose_name='repris du classeur')),
            ],
            options={
                'verbose_name': 'rapport',
                'verbose_name_plural': 'rapports',
                'ordering': ['-issued_at'],
                'constraints': [models.UniqueConstraint(fields=('mission', 'rank'), name='report_version_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='report_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0e266945ad7f1efb7d2ce31a3393820be8e4aec2', operation='UPDATE OR DELETE', pgid='pgtrigger_report_append_only_5c365', table='quality_report', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "quality_reportevent" ("conclusion", "content", "file_id", "id", "is_legacy", "issued_at", "issued_by_name", "mission_id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "replaces_id", "review_id", "sha256") VALUES (NEW."conclusion", NEW."content", NEW."file_id", NEW."id", NEW."is_legacy", NEW."issued_at", NEW."issued_by_name", NEW."mission_id", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rank", NEW."replaces_id", NEW."review_id", NEW."sha256"); RETURN NULL;', hash='9d80ba6d0a7056f406e8e29c722ffb744aae6b15', operation='INSERT', pgid='pgtrigger_insert_insert_00ee1', table='quality_report', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "quality_reportevent" ("conclusion", "content", "file_id", "id", "is_legacy", "issued_at", "issued_by_name", "mission_id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "replaces_id", "review_id", "sha256") VALUES (NEW."conclusion", NEW."content", NEW."file_id", NEW."id", NEW."is_legacy", NEW."issued_at", NEW."issued_by_name", NEW."mission_id", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rank", NEW."replaces_id", NEW."review_id", NEW."sha256"); RETURN NULL;', hash='dfabe4410616fba151f58ed9b83c6f29bd6a27a5', operation='UPDATE', pgid='pgtrigger_update_update_bb58e', table='quality_report', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "quality_reportevent" ("conclusion", "content", "file_id", "id", "is_legacy", "issued_at", "issued_by_name", "mission_id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "replaces_id", "review_id", "sha256") VALUES (OLD."conclusion", OLD."content", OLD."file_id", OLD."id", OLD."is_legacy", OLD."issued_at", OLD."issued_by_name", OLD."mission_id", OLD."number", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."rank", OLD."replaces_id", OLD."review_id", OLD."sha256"); RETURN NULL;', hash='d2b07c88c90c3eb5e564fd5c01590852c2dc2245', operation='DELETE', pgid='pgtrigger_delete_delete_c459b', table='quality_report', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ReportEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='quality.report')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('mission', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='missions.mission', verbose_name='mission')),
                ('number', models.CharField(max_length=30, verbose_name='n° de rapport')),
                ('rank', models.PositiveSmallIntegerField(default=1, verbose_name='version')),
                ('replaces', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='quality.report', verbose_name='remplace')),
                ('review', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='quality.review', verbose_name='relecture')),
                ('conclusion', models.CharField(blank=True, choices=[('S', 'Satisfaisant'), ('NS', 'Non satisfaisant'), ('NV', 'Non vérifiable')], max_length=2, verbose_name='conclusion')),
                ('content', models.JSONField(default=dict, verbose_name='contenu figé')),
                ('file', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.storedfile', verbose_name='fichier')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='empreinte')),
                ('issued_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='émis le')),
                ('issued_by_name', models.CharField(max_length=150, verbose_name='émis par')),
                ('is_legacy', models.BooleanField(default=False, verbose_name='repris du classeur')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5a91a7ee0f12e0a287729ebb000f2ffb50d5b99f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4fe27', table='quality_reportevent', when='BEFORE'))],
            },
        ),
        spekty.core.triggers.InstallTriggers(
        ),
    ]

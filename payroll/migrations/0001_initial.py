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
            name='PayScale',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contract', models.CharField(choices=[('SALARIE', 'Salarié'), ('INDEPENDANT', 'Indépendant')], max_length=12, verbose_name='contrat')),
                ('item', models.CharField(choices=[('ISO', 'Mission sur site ISO'), ('PAC', 'Mission sur site PAC'), ('GLO', 'Mission sur site GLO'), ('TER', 'Mission sur site TER'), ('CONTACT', 'Contact'), ('IMPRODUCTIF', 'Visite improductive'), ('PANIER', 'Panier'), ('PANIER_ARRETS', 'Panier : à partir de (arrêts)'), ('PANIER_KM', 'Panier : ou à partir de (km)'), ('MEME_ADRESSE', 'Coefficient à la même adresse'), ('KM_PERSONNEL', 'Kilomètre, véhicule personnel'), ('KM_SOCIETE', 'Kilomètre, véhicule de société'), ('KM_FRANCHISE', 'Kilomètres non payés par jour'), ('VOLUME_1_SEUIL', 'Prime de volume, premier palier : à partir de (visites)'), ('VOLUME_1_PRIME', 'Prime de volume, premier palier'), ('VOLUME_2_SEUIL', 'Prime de volume, second palier : à partir de (visites)'), ('VOLUME_2_PRIME', 'Prime de volume, second palier')], max_length=20, verbose_name='code')),
                ('valid_from', models.DateField(verbose_name='applicable à partir du')),
                ('amount', models.DecimalField(decimal_places=4, max_digits=10, verbose_name='montant')),
                ('reference', models.CharField(blank=True, max_length=200, verbose_name='référence')),
            ],
            options={
                'verbose_name': 'ligne du barème',
                'verbose_name_plural': 'barème de paie',
                'ordering': ['contract', 'item', 'valid_from'],
                'constraints': [models.UniqueConstraint(fields=('contract', 'item', 'valid_from'), name='pay_scale_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payroll_payscaleevent" ("amount", "contract", "id", "item", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "valid_from") VALUES (NEW."amount", NEW."contract", NEW."id", NEW."item", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."valid_from"); RETURN NULL;', hash='2ccee0b29600d24bde3c550af174abf251cc4d52', operation='INSERT', pgid='pgtrigger_insert_insert_b8a0f', table='payroll_payscale', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "payroll_payscaleevent" ("amount", "contract", "id", "item", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "valid_from") VALUES (NEW."amount", NEW."contract", NEW."id", NEW."item", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."valid_from"); RETURN NULL;', hash='df3dda5c82a7f950a9c7ce496b2d890227c2a259', operation='UPDATE', pgid='pgtrigger_update_update_a033b', table='payroll_payscale', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payroll_payscaleevent" ("amount", "contract", "id", "item", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "valid_from") VALUES (OLD."amount", OLD."contract", OLD."id", OLD."item", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reference", OLD."valid_from"); RETURN NULL;', hash='642c52ffb87d9cba48512729b3549d78391368c8', operation='DELETE', pgid='pgtrigger_delete_delete_64806', table='payroll_payscale', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='PayScaleEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='payroll.payscale')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('contract', models.CharField(choices=[('SALARIE', 'Salarié'), ('INDEPENDANT', 'Indépendant')], max_length=12, verbose_name='contrat')),
                ('item', models.CharField(choices=[('ISO', 'Mission sur site ISO'), ('PAC', 'Mission sur site PAC'), ('GLO', 'Mission sur site GLO'), ('TER', 'Mission sur site TER'), ('CONTACT', 'Contact'), ('IMPRODUCTIF', 'Visite improductive'), ('PANIER', 'Panier'), ('PANIER_ARRETS', 'Panier : à partir de (arrêts)'), ('PANIER_KM', 'Panier : ou à partir de (km)'), ('MEME_ADRESSE', 'Coefficient à la même adresse'), ('KM_PERSONNEL', 'Kilomètre, véhicule personnel'), ('KM_SOCIETE', 'Kilomètre, véhicule de société'), ('KM_FRANCHISE', 'Kilomètres non payés par jour'), ('VOLUME_1_SEUIL', 'Prime de volume, premier palier : à partir de (visites)'), ('VOLUME_1_PRIME', 'Prime de volume, premier palier'), ('VOLUME_2_SEUIL', 'Prime de volume, second palier : à partir de (visites)'), ('VOLUME_2_PRIME', 'Prime de volume, second palier')], max_length=20, verbose_name='code')),
                ('valid_from', models.DateField(verbose_name='applicable à partir du')),
                ('amount', models.DecimalField(decimal_places=4, max_digits=10, verbose_name='montant')),
                ('reference', models.CharField(blank=True, max_length=200, verbose_name='référence')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3f22e86f7ff838788fb3d37b925037fd7778cee9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_abfd6', table='payroll_payscaleevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PayPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, verbose_name='version')),
                ('month', models.DateField(unique=True, verbose_name='mois')),
                ('status', models.CharField(choices=[('open', 'Ouverte'), ('closed', 'Close')], default='open', max_length=6, verbose_name='statut')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='close le')),
            ],
            options={
                'verbose_name': 'période de paie',
                'verbose_name_plural': 'périodes de paie',
                'ordering': ['-month'],
                'constraints': [models.CheckConstraint(condition=models.Q(('month__day', 1)), name='pay_month_first_day', violation_error_message='Le 1er du mois.')],
                'triggers': [pgtrigger.compiler.Trigger(name='pay_period_status_guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.status IS DISTINCT FROM NEW.status)', func="IF (OLD.status, NEW.status) NOT IN (('open', 'closed')) THEN RAISE EXCEPTION 'illegal transition of pay_period: % -> %', OLD.status, NEW.status USING ERRCODE = 'check_violation'; END IF; RETURN NEW;", hash='38410dd4d5faa406664dd8a54ed7eac4476cfcf9', operation='UPDATE', pgid='pgtrigger_pay_period_status_guard_53826', table='payroll_payperiod', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payroll_payperiodevent" ("closed_at", "id", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status", "version") VALUES (NEW."closed_at", NEW."id", NEW."month", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."status", NEW."version"); RETURN NULL;', hash='a86f41d8aa7a878f2cbb417c645ba9ecd723ae1d', operation='INSERT', pgid='pgtrigger_insert_insert_d2a50', table='payroll_payperiod', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "payroll_payperiodevent" ("closed_at", "id", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status", "version") VALUES (NEW."closed_at", NEW."id", NEW."month", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."status", NEW."version"); RETURN NULL;', hash='e353902f0f1c137779a0fe9373d82870ce654ce9', operation='UPDATE', pgid='pgtrigger_update_update_19804', table='payroll_payperiod', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payroll_payperiodevent" ("closed_at", "id", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status", "version") VALUES (OLD."closed_at", OLD."id", OLD."month", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."status", OLD."version"); RETURN NULL;', hash='01c8eab827f55b9fa16bb912ec17b51e41cf50ee', operation='DELETE', pgid='pgtrigger_delete_delete_ff871', table='payroll_payperiod', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='PayPeriodEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='payroll.payperiod')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('version', models.PositiveIntegerField(default=0, verbose_name='version')),
                ('month', models.DateField(verbose_name='mois')),
                ('status', models.CharField(choices=[('open', 'Ouverte'), ('closed', 'Close')], default='open', max_length=6, verbose_name='statut')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='close le')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='127f1d1e75590b7901c5e8ac7edc8a8d6a0d56c3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8d6ec', table='payroll_payperiodevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PayLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payroll.payperiod', verbose_name='période')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pay_lines', to='accounts.agent', verbose_name='intervenant')),
                ('kind', models.CharField(choices=[('MISSIONS', 'Missions sur site'), ('CONTACTS', 'Contacts'), ('IMPRODUCTIFS', 'Visites improductives'), ('KM', 'Kilomètres'), ('PANIERS', 'Paniers'), ('PRIME_VOLUME', 'Prime de volume')], max_length=15, verbose_name='nature')),
                ('day', models.DateField(blank=True, null=True, verbose_name='jour')),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='objet')),
                ('mission', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pay_lines', to='missions.mission', verbose_name='mission')),
                ('unproductive', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pay_lines', to='missions.unproductivevisit')),
                ('belongs_to', models.DateField(verbose_name='mois d’origine')),
                ('is_back_pay', models.BooleanField(default=False, verbose_name='rappel')),
                ('quantity', models.DecimalField(decimal_places=2, default=1, max_digits=9, verbose_name='quantité')),
                ('unit_amount', models.DecimalField(decimal_places=4, max_digits=10, verbose_name='montant unitaire')),
                ('factor', models.DecimalField(decimal_places=2, default=1, max_digits=5, verbose_name='coefficient')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='montant')),
                ('rule', models.CharField(max_length=60, verbose_name='règle')),
                ('rule_from', models.DateField(blank=True, null=True, verbose_name='règle applicable à partir du')),
                ('label', models.TextField(verbose_name='explication')),
                ('is_legacy', models.BooleanField(default=False, verbose_name='reprise du classeur')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='calculée le')),
            ],
            options={
                'verbose_name': 'ligne de paie',
                'verbose_name_plural': 'lignes de paie',
                'ordering': ['agent', 'day', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_back_pay', False), ('kind__in', ['MISSIONS', 'CONTACTS'])), fields=('mission', 'belongs_to'), name='mission_paid_once', violation_error_message='Cette mission est déjà payée.'), models.UniqueConstraint(condition=models.Q(('is_back_pay', False)), fields=('unproductive', 'belongs_to'), name='unproductive_paid_once', violation_error_message='Cette visite improductive est déjà payée.'), models.UniqueConstraint(condition=models.Q(('is_back_pay', False), ('kind__in', ['KM', 'PANIERS'])), fields=('agent', 'kind', 'day'), name='daily_pay_once'), models.UniqueConstraint(condition=models.Q(('is_back_pay', False), ('kind', 'PRIME_VOLUME')), fields=('agent', 'belongs_to'), name='bonus_once_a_month'), models.UniqueConstraint(condition=models.Q(('is_back_pay', True)), fields=('period', 'agent', 'belongs_to', 'kind', 'day', 'reference'), name='back_pay_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='closed_period_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF TG_OP = 'INSERT' AND NEW.is_legacy THEN RETURN NEW; END IF;\n        IF TG_OP = 'UPDATE' AND OLD.is_legacy AND NEW.is_legacy THEN RETURN NEW; END IF;\n        IF EXISTS (\n            SELECT 1 FROM (\n                SELECT status FROM payroll_payperiod\n                WHERE id IN (\n                    CASE WHEN TG_OP <> 'INSERT' THEN OLD.period_id END,\n                    CASE WHEN TG_OP <> 'DELETE' THEN NEW.period_id END\n                ) FOR SHARE\n            ) AS period WHERE status = 'closed'\n        ) THEN\n            RAISE EXCEPTION 'a closed pay period never changes' USING ERRCODE = 'check_violation';\n        END IF;\n        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n        RETURN NEW;\n    ", hash='34da4691852005f4608bafbd7a3ae799a3605679', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_closed_period_frozen_14b94', table='payroll_payline', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payroll_paylineevent" ("agent_id", "amount", "belongs_to", "created_at", "day", "factor", "id", "is_back_pay", "is_legacy", "kind", "label", "mission_id", "period_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity", "reference", "rule", "rule_from", "unit_amount", "unproductive_id") VALUES (NEW."agent_id", NEW."amount", NEW."belongs_to", NEW."created_at", NEW."day", NEW."factor", NEW."id", NEW."is_back_pay", NEW."is_legacy", NEW."kind", NEW."label", NEW."mission_id", NEW."period_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."quantity", NEW."reference", NEW."rule", NEW."rule_from", NEW."unit_amount", NEW."unproductive_id"); RETURN NULL;', hash='05c4d59d7c5aecf7d6ea19e7b4ab69656ee30e79', operation='INSERT', pgid='pgtrigger_insert_insert_485c6', table='payroll_payline', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "payroll_paylineevent" ("agent_id", "amount", "belongs_to", "created_at", "day", "factor", "id", "is_back_pay", "is_legacy", "kind", "label", "mission_id", "period_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity", "reference", "rule", "rule_from", "unit_amount", "unproductive_id") VALUES (NEW."agent_id", NEW."amount", NEW."belongs_to", NEW."created_at", NEW."day", NEW."factor", NEW."id", NEW."is_back_pay", NEW."is_legacy", NEW."kind", NEW."label", NEW."mission_id", NEW."period_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."quantity", NEW."reference", NEW."rule", NEW."rule_from", NEW."unit_amount", NEW."unproductive_id"); RETURN NULL;', hash='4d544efb00e4ed401c8f8ba00a115f3b90b8f287', operation='UPDATE', pgid='pgtrigger_update_update_27177', table='payroll_payline', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payroll_paylineevent" ("agent_id", "amount", "belongs_to", "created_at", "day", "factor", "id", "is_back_pay", "is_legacy", "kind", "label", "mission_id", "period_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity", "reference", "rule", "rule_from", "unit_amount", "unproductive_id") VALUES (OLD."agent_id", OLD."amount", OLD."belongs_to", OLD."created_at", OLD."day", OLD."factor", OLD."id", OLD."is_back_pay", OLD."is_legacy", OLD."kind", OLD."label", OLD."mission_id", OLD."period_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."quantity", OLD."reference", OLD."rule", OLD."rule_from", OLD."unit_amount", OLD."unproductive_id"); RETURN NULL;', hash='129f100f3e280377066ccd36c45f41aa322acf57', operation='DELETE', pgid='pgtrigger_delete_delete_a51ac', table='payroll_payline', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='PayLineEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='payroll.payline')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('period', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='payroll.payperiod', verbose_name='période')),
                ('agent', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.agent', verbose_name='intervenant')),
                ('kind', models.CharField(choices=[('MISSIONS', 'Missions sur site'), ('CONTACTS', 'Contacts'), ('IMPRODUCTIFS', 'Visites improductives'), ('KM', 'Kilomètres'), ('PANIERS', 'Paniers'), ('PRIME_VOLUME', 'Prime de volume')], max_length=15, verbose_name='nature')),
                ('day', models.DateField(blank=True, null=True, verbose_name='jour')),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='objet')),
                ('mission', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='missions.mission', verbose_name='mission')),
                ('unproductive', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='missions.unproductivevisit')),
                ('belongs_to', models.DateField(verbose_name='mois d’origine')),
                ('is_back_pay', models.BooleanField(default=False, verbose_name='rappel')),
                ('quantity', models.DecimalField(decimal_places=2, default=1, max_digits=9, verbose_name='quantité')),
                ('unit_amount', models.DecimalField(decimal_places=4, max_digits=10, verbose_name='montant unitaire')),
                ('factor', models.DecimalField(decimal_places=2, default=1, max_digits=5, verbose_name='coefficient')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='montant')),
                ('rule', models.CharField(max_length=60, verbose_name='règle')),
                ('rule_from', models.DateField(blank=True, null=True, verbose_name='règle applicable à partir du')),
                ('label', models.TextField(verbose_name='explication')),
                ('is_legacy', models.BooleanField(default=False, verbose_name='reprise du classeur')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='calculée le')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='172c551d456945a864d5aaa5f53eb58e42ff2268', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2c1cc', table='payroll_paylineevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='LegacyPayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mission', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='legacy_payment', to='missions.mission', verbose_name='mission')),
                ('month', models.DateField(verbose_name='mois de paie')),
            ],
            options={
                'verbose_name': 'paiement repris du classeur',
                'verbose_name_plural': 'paiements repris du classeur',
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payroll_legacypaymentevent" ("id", "mission_id", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."mission_id", NEW."month", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='9aac742892eba3b93d293105d79e2b28cf69d70f', operation='INSERT', pgid='pgtrigger_insert_insert_ebaff', table='payroll_legacypayment', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "payroll_legacypaymentevent" ("id", "mission_id", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."mission_id", NEW."month", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='f78a034fe059853f72ce4e8cda0f618c3a72657e', operation='UPDATE', pgid='pgtrigger_update_update_c83e6', table='payroll_legacypayment', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payroll_legacypaymentevent" ("id", "mission_id", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."mission_id", OLD."month", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='c689ed1521030959170876e18ed97f450c75fb9d', operation='DELETE', pgid='pgtrigger_delete_delete_37511', table='payroll_legacypayment', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='LegacyPaymentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='payroll.legacypayment')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('mission', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='missions.mission', verbose_name='mission')),
                ('month', models.DateField(verbose_name='mois de paie')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3807534e47173ab07d1f98c0c41be8179b0a8c97', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_26307', table='payroll_legacypaymentevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PayExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exports', to='payroll.payperiod', verbose_name='période')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile', verbose_name='fichier')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='créé le')),
            ],
            options={
                'verbose_name': 'export de paie',
                'verbose_name_plural': 'exports de paie',
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payroll_payexportevent" ("created_at", "file_id", "id", "period_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."created_at", NEW."file_id", NEW."id", NEW."period_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='63c536660f27b0124a1649956f072ae08f2a897d', operation='INSERT', pgid='pgtrigger_insert_insert_4e695', table='payroll_payexport', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "payroll_payexportevent" ("created_at", "file_id", "id", "period_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."created_at", NEW."file_id", NEW."id", NEW."period_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='01f30bb274a076ce62f29b821f7e1c1ad8d9c73e', operation='UPDATE', pgid='pgtrigger_update_update_de989', table='payroll_payexport', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payroll_payexportevent" ("created_at", "file_id", "id", "period_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."created_at", OLD."file_id", OLD."id", OLD."period_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='d4bdb488a4bcb2ed9c2946bb3d80de63489dbc5d', operation='DELETE', pgid='pgtrigger_delete_delete_71c72', table='payroll_payexport', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='PayExportEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='payroll.payexport')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('period', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='payroll.payperiod', verbose_name='période')),
                ('file', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.storedfile', verbose_name='fichier')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='créé le')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f7f29badf2d148263d750ff6e86e3b47c77992ea', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4df53', table='payroll_payexportevent', when='BEFORE'))],
            },
        ),
        spekty.core.triggers.InstallTriggers(
        ),
    ]

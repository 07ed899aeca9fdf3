"""What every app leans on: state journal, outbox, inbox, effects, numbering, parameters, stored files."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from spekty.core.enums import Source
from spekty.core.history import append_only, tracked
from spekty.core.transitions import Workflow


class Stateful(models.Model):
    """An object whose `status` only moves through spekty.core.engine; `version` counts its changes."""

    WORKFLOW: ClassVar[Workflow]

    version = models.PositiveIntegerField("version", default=0)

    class Meta:
        abstract = True


class StateChange(models.Model):
    """One transition taken: who, when, from, to, by which door, why."""

    aggregate = models.CharField("objet", max_length=60)
    aggregate_id = models.BigIntegerField("identifiant")
    transition = models.CharField("transition", max_length=60)
    from_state = models.CharField("de", max_length=30)
    to_state = models.CharField("vers", max_length=30)
    at = models.DateTimeField("le", default=timezone.now)
    # No foreign key: the journal outlives accounts, and core knows nobody above it.
    actor_id = models.BigIntegerField("auteur", null=True)
    actor_name = models.CharField("nom de l’auteur", max_length=150)
    source = models.CharField("origine", max_length=10, choices=Source.choices)
    reason = models.TextField("motif", blank=True)

    class Meta:
        verbose_name = "changement d’état"
        verbose_name_plural = "changements d’état"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["aggregate", "aggregate_id", "-at"], name="statechange_object")]
        triggers = [append_only("state_change")]

    def __str__(self) -> str:
        return f"{self.aggregate} {self.aggregate_id}: {self.from_state} -> {self.to_state}"


class Effect(models.Model):
    """The proof that a consequence happened once: UNIQUE, so that a second try fails in the database."""

    aggregate = models.CharField("objet", max_length=60)
    aggregate_id = models.BigIntegerField("identifiant")
    kind = models.CharField("nature", max_length=60)
    key = models.CharField("clé", max_length=120, blank=True)
    at = models.DateTimeField("le", default=timezone.now)

    class Meta:
        verbose_name = "effet"
        verbose_name_plural = "effets"
        constraints = [
            models.UniqueConstraint(fields=["aggregate", "aggregate_id", "kind", "key"], name="effect_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.aggregate} {self.aggregate_id}"


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def waiting(self) -> "OutboxQuerySet":
        return self.filter(delivered_at__isnull=True, dead_at__isnull=True)

    def dead(self) -> "OutboxQuerySet":
        return self.filter(dead_at__isnull=False)


class OutboxMessage(models.Model):
    """A promise to tell an outside system, written in the transaction of the change (ADR 0004)."""

    key = models.UUIDField("clé d’idempotence", default=uuid.uuid4, unique=True, editable=False)
    topic = models.CharField("sujet", max_length=60)
    aggregate = models.CharField("objet", max_length=60)
    aggregate_id = models.BigIntegerField("identifiant")
    payload = models.JSONField("contenu", default=dict, blank=True)
    created_at = models.DateTimeField("créé le", default=timezone.now)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    next_at = models.DateTimeField("prochain essai", default=timezone.now)
    lease_until = models.DateTimeField("réservé jusqu’à", null=True)
    lease_token = models.UUIDField("réservé par", null=True)
    # Set before an effect that can't be taken back (a mail): a row found started was cut short.
    started_at = models.DateTimeField("envoi commencé le", null=True)
    delivered_at = models.DateTimeField("remis le", null=True)
    dead_at = models.DateTimeField("abandonné le", null=True)
    error = models.TextField("dernière erreur", blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = "message sortant"
        verbose_name_plural = "messages sortants"
        indexes = [
            models.Index(
                fields=["topic", "next_at"],
                name="outbox_waiting",
                condition=Q(delivered_at__isnull=True, dead_at__isnull=True),
            ),
            models.Index(fields=["aggregate", "aggregate_id"], name="outbox_object"),
            models.Index(fields=["topic", "-delivered_at"], name="outbox_delivered"),
            models.Index(
                fields=["topic", "created_at"],
                name="outbox_unsettled",
                condition=Q(delivered_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(dead_at__isnull=True),
                name="outbox_delivered_or_dead",
                violation_error_message="Un message remis ne peut pas être abandonné.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.aggregate} {self.aggregate_id}"


class Circuit(models.Model):
    """The fuse of one connector: open after failures in a row, then tried again by one message at a time."""

    connector = models.CharField("connecteur", max_length=30, unique=True)
    failures = models.PositiveIntegerField("échecs de suite", default=0)
    opened_at = models.DateTimeField("coupé depuis", null=True)
    probe_at = models.DateTimeField("prochain essai", null=True)
    error = models.TextField("dernière erreur", blank=True)

    class Meta:
        verbose_name = "coupe-circuit"
        verbose_name_plural = "coupe-circuits"

    def __str__(self) -> str:
        return self.connector


class InboxMessage(models.Model):
    """What an outside system sent, kept before it is understood; the same event twice is one row."""

    source = models.CharField("origine", max_length=40)
    external_id = models.CharField("identifiant d’origine", max_length=200)
    sha256 = models.CharField("empreinte", max_length=64)
    raw = models.JSONField("contenu reçu")
    received_at = models.DateTimeField("reçu le", default=timezone.now)
    processed_at = models.DateTimeField("traité le", null=True)
    error = models.TextField("erreur", blank=True)

    class Meta:
        verbose_name = "message entrant"
        verbose_name_plural = "messages entrants"
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="inbox_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"


class NumberSeries(models.Model):
    """The last number given in a gapless series; locked while the next is taken."""

    code = models.CharField("série", max_length=20)
    year = models.PositiveSmallIntegerField("année")
    last = models.PositiveIntegerField("dernier numéro", default=0)

    class Meta:
        verbose_name = "série de numéros"
        verbose_name_plural = "séries de numéros"
        constraints = [models.UniqueConstraint(fields=["code", "year"], name="number_series_once")]

    def __str__(self) -> str:
        return f"{self.code}-{self.year}"


@tracked
class Parameter(models.Model):
    """A delay, a threshold or a policy that an administrator may change, with where it comes from."""

    code = models.SlugField("code", max_length=60, unique=True)
    label = models.CharField("intitulé", max_length=150)
    value = models.DecimalField("valeur", max_digits=12, decimal_places=4)
    unit = models.CharField("unité", max_length=20, blank=True)
    reference = models.CharField("référence", max_length=200, blank=True)

    class Meta:
        verbose_name = "paramètre"
        verbose_name_plural = "paramètres"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.label


@tracked
class StoredFile(models.Model):
    """A file by its content (SHA-256), kept here and, once `stored_at` is set, in the document store."""

    sha256 = models.CharField("empreinte", max_length=64, db_index=True)
    name = models.CharField("nom", max_length=200)
    mime = models.CharField("type", max_length=100)
    size = models.PositiveBigIntegerField("taille en octets")
    content = models.FileField("contenu", upload_to="files/%Y/%m/")
    store_path = models.CharField("chemin dans la GED", max_length=400)
    stored_at = models.DateTimeField("déposé en GED le", null=True, blank=True)
    etag = models.CharField("version en GED", max_length=100, blank=True)
    created_at = models.DateTimeField("ajouté le", default=timezone.now)
    created_by_id = models.BigIntegerField("ajouté par", null=True, blank=True)

    class Meta:
        verbose_name = "fichier"
        verbose_name_plural = "fichiers"
        constraints = [models.UniqueConstraint(fields=["store_path"], name="stored_file_path_once")]

    def __str__(self) -> str:
        return self.name

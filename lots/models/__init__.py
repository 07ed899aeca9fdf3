"""Clients and what they send: reference data, lots and operations, draws, imports, documents."""

from lots.models.draws import Draw
from lots.models.imports import ColumnMapping, ImportBatch, ImportRow
from lots.models.lots import Installer, Lot, LotDocument, LotQuerySet, Operation, OperationQuerySet
from lots.models.reference import (
    Client,
    ClientGroupGrant,
    ClientQuerySet,
    ClientUserGrant,
    Fiche,
    InspectionRate,
    NsCeiling,
)

__all__ = [
    "Client",
    "ClientGroupGrant",
    "ClientQuerySet",
    "ClientUserGrant",
    "ColumnMapping",
    "Draw",
    "Fiche",
    "ImportBatch",
    "ImportRow",
    "InspectionRate",
    "Installer",
    "Lot",
    "LotDocument",
    "LotQuerySet",
    "NsCeiling",
    "Operation",
    "OperationQuerySet",
]

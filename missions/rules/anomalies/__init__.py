"""What is late or abnormal, for head office to see without filtering (domain.md): facts in, list out."""

from missions.rules.anomalies.catalogue import (
    PARAMETERS,
    RULES,
    Anomaly,
    Delays,
    Rule,
    Severity,
    by_urgency,
    not_snoozed,
)
from missions.rules.anomalies.lots import LotFacts, lot_anomalies
from missions.rules.anomalies.missions import MissionFacts, mission_anomalies
from missions.rules.anomalies.others import (
    AuthorisationFacts,
    InstallerFacts,
    StrayReading,
    authorisation_anomaly,
    installer_anomaly,
    stray_reading_anomaly,
)

__all__ = [
    "PARAMETERS",
    "RULES",
    "Anomaly",
    "AuthorisationFacts",
    "Delays",
    "InstallerFacts",
    "LotFacts",
    "MissionFacts",
    "Rule",
    "Severity",
    "StrayReading",
    "authorisation_anomaly",
    "by_urgency",
    "installer_anomaly",
    "lot_anomalies",
    "mission_anomalies",
    "not_snoozed",
    "stray_reading_anomaly",
]

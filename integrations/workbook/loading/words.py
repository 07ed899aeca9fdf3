"""The workbook's words as the application stores them."""

from billing.rules import InvoicingMode
from integrations.workbook.words import LotStatus as LegacyLotStatus
from integrations.workbook.words import MissionStatus as LegacyStatus
from integrations.workbook.words import MissionType
from lots.enums import BillingMode, LotStatus, Verdict
from lots.rules.verdict import Verdict as JudgedVerdict
from missions.enums import MissionStatus
from payroll import rules as pay
from spekty.accounts.enums import Contract, Vehicle
from spekty.core.enums import Channel

MODES = {InvoicingMode.PER_LOT: BillingMode.LOT, InvoicingMode.MONTHLY: BillingMode.MONTHLY}
CONTRACTS = {pay.Contract.EMPLOYEE: Contract.EMPLOYEE, pay.Contract.FREELANCE: Contract.FREELANCE}
VEHICLES = {pay.Vehicle.OWN: Vehicle.OWN, pay.Vehicle.COMPANY: Vehicle.COMPANY}
CHANNELS = {MissionType.SITE: Channel.SITE, MissionType.CONTACT: Channel.CONTACT}
LOT_STATUSES = {LegacyLotStatus.OPEN: LotStatus.DRAWN, LegacyLotStatus.CLOSED: LotStatus.CLOSED}
VERDICTS = {
    JudgedVerdict.COMPLIANT: Verdict.COMPLIANT,
    JudgedVerdict.NS_ABOVE_CEILING: Verdict.NS_ABOVE,
    JudgedVerdict.RATE_MISSED: Verdict.RATE_MISSED,
}
STATUSES = {
    LegacyStatus.TO_PLAN: MissionStatus.TO_PLAN,
    LegacyStatus.TO_CONTACT: MissionStatus.TO_CONTACT,
    LegacyStatus.APPOINTED: MissionStatus.FIXED,
    LegacyStatus.CONFIRMED: MissionStatus.CONFIRMED,
    LegacyStatus.ONGOING: MissionStatus.IN_PROGRESS,
    LegacyStatus.READING: MissionStatus.RECEIVED,
    LegacyStatus.TO_REVIEW: MissionStatus.TO_REVIEW,
    LegacyStatus.TO_COMPLETE: MissionStatus.TO_COMPLETE,
    LegacyStatus.REPORTED: MissionStatus.REPORTED,
    LegacyStatus.UNREACHABLE: MissionStatus.UNREACHABLE,
    LegacyStatus.REFUSED: MissionStatus.REFUSED,
    LegacyStatus.CANCELLED: MissionStatus.CANCELLED,
}

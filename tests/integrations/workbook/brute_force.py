"""A second, independent reading of workbook.md: plain loops over raw cells, exact fractions, no rules.py.

It is slow and direct on purpose: it shares nothing with the replay but the text of the rules.
"""

import csv
import datetime as dt
import re
import unicodedata
from collections import defaultdict
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from spekty.core.sheets import Sheet

RATES_CSV = Path(__file__).parents[3] / "lots" / "data" / "inspection_rates.csv"
ISO = re.compile(r"BAR-EN-(101|102|103|105|106|107)|BAT-EN-(101|102|103|106|108)|IND-EN-(101|102)")
PAC = re.compile(r"BAR-TH-(104|113|159|171|172)")
GLO = re.compile(r"BAR-TH-(145|164|174|175|177)")
CEILINGS = {2022: 30, 2023: 25, 2024: 20, 2025: 15}
Cells = dict[str, Any]


@cache
def plain(value: Any) -> str:
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


@cache
def day_of(value: Any) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, float) and 20_000 <= value < 80_000:
        return dt.date(1899, 12, 30) + dt.timedelta(int(value))
    for shape in ("%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y", "%d-%m-%y", "%Y-%m-%d"):
        try:
            return dt.datetime.strptime(str(value).strip(), shape).date()
        except ValueError:
            continue
    return None


@cache
def money(value: Any) -> Fraction:
    if isinstance(value, int | float):
        return Fraction(repr(value))
    try:
        return Fraction(re.sub(r"[\s€%]", "", str(value)).replace(",", "."))
    except (ValueError, ZeroDivisionError):
        return Fraction(0)


def cent(value: Fraction) -> Fraction:
    """Round half up to the cent (amounts here are never negative)."""
    return Fraction(int(value * 100 + Fraction(1, 2)), 100)


def month_of(day: dt.date) -> str:
    return day.isoformat()[:7]


def table(sheets: list[Sheet], name: str) -> list[Cells]:
    sheet = next(s for s in sheets if plain(s.name) == plain(name))
    header = next(i for i, row in enumerate(sheet.rows) if sum(1 for c in row if c not in ("", None)) > 2)
    titles = [plain(c) for c in sheet.rows[header]]
    rows = []
    for row in sheet.rows[header + 1 :]:
        cells = dict(zip(titles, row, strict=False))
        first = next((plain(c) for c in row if plain(c)), "")
        if first and first != "total":
            rows.append(cells)
    return rows


@cache
def code(value: Any) -> str:
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return " ".join(text.split()).upper()


def in_force(rows: list[tuple[dt.date | None, Fraction]], day: dt.date) -> Fraction | None:
    """Return the amount of the latest date not after `day`; of two rows of one date, the lower one."""
    best: tuple[dt.date, Fraction] | None = None
    for since, amount in rows:
        if since and since <= day and (best is None or since >= best[0]):
            best = (since, amount)
    return best[1] if best else None


class Brute:
    """All facts, then one method per family of rules; `found` holds (kind, ref)."""

    def __init__(self, sheets: list[Sheet]) -> None:
        self.found: set[tuple[str, str]] = set()
        self.agents = {code(r["code"]): r for r in table(sheets, "Agents") if code(r["code"])}
        self.names = {plain(r["initiales"]): c for c, r in self.agents.items()}
        self.names |= {plain(c): c for c in self.agents}
        self.clients = {code(r["code"]): r for r in table(sheets, "Clients")}
        self.tariffs = table(sheets, "Tarifs")
        self.scale = table(sheets, "Barème paie")
        self.rights = table(sheets, "Habilitations")
        self.lots = {code(r["n lot"]): r for r in table(sheets, "Lots") if code(r["n lot"])}
        self.operations = [r for r in table(sheets, "Opérations") if code(r["ref interne"])]
        self.by_ref: dict[str, list[Cells]] = defaultdict(list)
        for row in self.operations:
            self.by_ref[code(row["ref interne"])].append(row)
        self.missions = [r for r in table(sheets, "Missions") if code(r["n mission"])]
        self.km = table(sheets, "Km")
        self.pay = table(sheets, "Paie")
        self.invoices = [r for r in table(sheets, "Factures") if code(r["n facture"])]
        for mission in self.missions:
            self.prepare(mission)

    def agent(self, value: Any) -> str:
        return self.names.get(plain(value)) or " ".join(str(value).split())

    def prepare(self, m: Cells) -> None:
        m["lot"] = self.lot_of(m)
        m["op"] = self.operation_of(m)
        fiche = re.sub(r"[_ ].*", "", code(m["lot"]["fiche"])) if m["lot"] else ""
        known = re.match(r"^[A-Z]{3,4}-[A-Z]{2}-\d{3}$", fiche)
        m["fam"] = "TER" if known else ""
        for family, shape in (("ISO", ISO), ("PAC", PAC), ("GLO", GLO)):
            if shape.fullmatch(fiche):
                m["fam"] = family
        m["site"], m["tel"] = plain(m["type"]) == "site", plain(m["type"]) == "contact"
        m["done"] = plain(m["statut"]) in ("releve recu", "rapport emis")
        m["out"] = plain(m["statut"]) == "rapport emis"
        m["day"], m["rep"] = day_of(m["date visite"]), day_of(m["date rapport"])
        m["again"] = bool(str(m["contre visite de"]).strip())
        m["who"] = self.agent(m["agent"])
        m["nos"] = list(dict.fromkeys(re.findall(r"[A-Z]{2}-\d{4}-\d+", code(m["n facture"]))))
        m["res"] = {"satisfaisant": "S", "non satisfaisant": "NS", "non verifiable": "NV"}.get(
            plain(m["resultat"])
        )
        m["doors"] = []
        for part in str(m["visites improductives"]).split(";"):
            words = part.split()
            if words and (when := day_of(words[0])):
                m["doors"].append((when, words[1], self.agent(words[2])))

    def lot_of(self, m: Cells) -> Cells | None:
        if code(m["n lot"]) in self.lots:
            return self.lots[code(m["n lot"])]
        op = self.operation_of(m)
        return self.lots.get(code(op["n lot"])) if op else None

    def operation_of(self, m: Cells) -> Cells | None:
        same = self.by_ref.get(code(m["ref interne"]), [])
        here = [o for o in same if code(o["n lot"]) == code(m["n lot"])]
        return here[0] if here else same[0] if len(same) == 1 else None

    def client(self, m: Cells) -> Cells | None:
        return self.clients.get(code(m["lot"]["code client"])) if m["lot"] else None

    # --- pay ---

    def rate(self, contract: str, item: str, day: dt.date) -> Fraction:
        rows = [
            (day_of(r["applicable a partir du"]), money(r["montant"]))
            for r in self.scale
            if plain(r["contrat"]) == contract
            and code(r["code"]) == item
            and day_of(r["applicable a partir du"])
        ]
        return in_force(rows, day) or Fraction(0)

    def check_pay(self) -> None:
        stops: dict[tuple[str, dt.date], list[tuple[str, str, str, str]]] = defaultdict(list)
        calls: dict[tuple[str, dt.date], int] = defaultdict(int)
        for m in self.missions:
            if m["done"] and m["day"] and m["tel"]:
                calls[m["who"], m["day"]] += 1
            if m["done"] and m["day"] and m["site"] and m["fam"]:
                op = m["op"]
                place = plain(op["adresse"]) + plain(op["cp"]).zfill(5) if op else ""
                stops[m["who"], m["day"]].append(
                    (str(m["heure"]) or "99:99", code(m["n mission"]), m["fam"], place)
                )
            if m["site"]:
                for when, hour, who in m["doors"]:
                    stops[who, when].append((hour, code(m["n mission"]), "DOOR", ""))
        km: dict[tuple[str, dt.date], Fraction] = defaultdict(Fraction)
        for row in self.km:
            if when := day_of(row["date"]):
                km[self.agent(row["agent"]), when] += money(row["km"])
        paid: dict[tuple[str, str], list[Fraction]] = {}
        names = [
            "primes missions",
            "contacts",
            "improductifs",
            "km",
            "paniers",
            "prime volume",
            "nb missions",
            "total",
        ]
        for row in self.pay:
            month = str(row["mois"]).strip()
            if re.match(r"^\d{4}-\d\d$", month) and plain(row["agent"]):
                sums = paid.setdefault((self.agent(row["agent"]), month), [Fraction(0)] * 8)
                for i, name in enumerate(names):
                    sums[i] += money(row[name])
        due: dict[tuple[str, str], list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 8)
        for (who, when), count in calls.items():
            if plain(self.agents.get(who, {}).get("contrat", "")) in ("salarie", "independant"):
                contract = plain(self.agents[who]["contrat"])
                due[who, month_of(when)][1] += count * self.rate(contract, "CONTACT", when)
        for (who, when), visits in stops.items():
            if plain(self.agents.get(who, {}).get("contrat", "")) in ("salarie", "independant"):
                self.pay_day(due[who, month_of(when)], self.agents[who], when, visits, km[who, when])
        for (who, _), sums in due.items():
            if plain(self.agents[who]["contrat"]) == "salarie":
                sums[5] = Fraction(120 if sums[6] >= 110 else 60 if sums[6] >= 80 else 0)
            sums[7] = sum(sums[:6], Fraction(0))
        months = [month for _, month in paid]
        for key in set(paid) | {k for k, v in due.items() if min(months) <= k[1] <= max(months) and v[7]}:
            if plain(self.agents.get(key[0], {}).get("contrat", "")) not in ("salarie", "independant"):
                continue
            left, right = due.get(key, [Fraction(0)] * 8), paid.get(key, [Fraction(0)] * 8)
            if any(abs(a - b) > Fraction(1, 200) for a, b in zip(left, right, strict=True)):
                self.found.add(("PAY_DIFF", f"{key[0]}|{key[1]}"))

    def pay_day(
        self, sums: list[Fraction], agent: Cells, when: dt.date, visits: list[Any], km: Fraction
    ) -> None:
        contract, own = plain(agent["contrat"]), plain(agent["vehicule"]) == "personnel"
        places: set[str] = set()
        for _, _, family, place in sorted(visits):
            if family == "DOOR":
                sums[2] += self.rate(contract, "IMPRODUCTIF", when)
                continue
            factor = Fraction(1)
            if place and place in places:
                factor = Fraction(6, 10) if contract == "salarie" else Fraction(5, 10)
            places.add(place)
            sums[0] += cent(self.rate(contract, family, when) * factor)
            sums[6] += 1
        if contract == "salarie":
            if own:
                sums[3] += cent(km * Fraction(45, 100))
            if len(visits) >= 4 or km >= 150:
                sums[4] += Fraction(1030, 100) if when.year >= 2026 else Fraction(1010, 100)
        elif km > 120:
            sums[3] += cent((km - 120) * Fraction(35, 100))

    # --- invoices ---

    def price(self, client: str, item: str, when: dt.date) -> Fraction | None:
        rows = [
            (day_of(r["applicable a partir du"]), money(r["prix ht"]))
            for r in self.tariffs
            if code(r["code client"]) == client and code(r["famille"]) == item
        ]
        return in_force(rows, when)

    def lines(self, m: Cells) -> tuple[Fraction, Fraction, int] | None:
        """Return (amount, discountable amount, discountable lines) of one mission."""
        client, lot = self.client(m), m["lot"]
        when = day_of(lot["recu le"]) if lot else None
        if not client or not when or not m["fam"] or not (m["site"] or m["tel"]):
            return None
        per_lot = plain(client["mode facturation"]) == "au lot"
        if not m["out"] and not per_lot:
            return Fraction(0), Fraction(0), 0
        name = code(client["code"])
        if m["tel"]:
            return (
                (self.price(name, "CONTACT", when) if m["out"] else Fraction(0)) or Fraction(0),
                Fraction(0),
                0,
            )
        price = self.price(name, m["fam"], when) or Fraction(0)
        own = Fraction(0)
        if m["out"]:
            own = cent(price * self.share(client["contre visite"])) if m["again"] else price
        doors = min(len(m["doors"]), int(money(client["nb improductifs max"])))
        return own + doors * cent(price * self.share(client["improductif"])), own, 1 if own else 0

    @staticmethod
    def share(value: Any) -> Fraction:
        number = money(value)
        return number / 100 if number > 1 or "%" in str(value) else number

    def check_invoices(self) -> None:
        by_number: dict[str, list[Cells]] = defaultdict(list)
        for row in self.invoices:
            by_number[code(row["n facture"])].append(row)
        carried: dict[int, list[Cells]] = defaultdict(list)
        for m in self.missions:
            for number in m["nos"]:
                rows = by_number.get(number, [])
                if rows:
                    carried[id(self.choose(m, rows))].append(m)
        taken: set[str] = set()
        for row in sorted(
            self.invoices, key=lambda r: (day_of(r["date"]) or dt.date.max, code(r["n facture"]))
        ):
            missions = carried[id(row)]
            lots = {code(m["lot"]["n lot"]) for m in missions if m["lot"]}
            fresh = lots - taken
            taken |= lots
            owners = [code(c["code"]) for m in missions if (c := self.client(m))]
            owner = max(set(owners), key=owners.count) if owners else code(row["code client"])
            twin = len(by_number[code(row["n facture"])]) > 1
            if owner in self.clients and day_of(row["date"]) and not (twin and not missions):
                self.check_invoice(row, missions, owner, len(fresh))
        for m in self.missions:
            if (
                m["nos"]
                and (lines := self.lines(m))
                and abs(lines[0] - money(m["montant facture ht"])) > Fraction(1, 200)
            ):
                self.found.add(("MISSION_PRICE_DIFF", code(m["n mission"])))
            if len(m["nos"]) > 1:
                self.found.add(("INVOICED_TWICE", code(m["n mission"])))

    def choose(self, m: Cells, rows: list[Cells]) -> Cells:
        if len(rows) == 1:
            return rows[0]
        lot = m["lot"]

        def badness(row: Cells) -> tuple[int, int, int, dt.date]:
            when = day_of(row["date"]) or dt.date.max
            return (
                int(not (lot and code(row["code client"]) == code(lot["code client"]))),
                int(not (lot and code(lot["n lot"]) in code(row["lots"]))),
                int(when < (m["rep"] or dt.date.min)),
                when,
            )

        return sorted(rows, key=badness)[0]

    def check_invoice(self, row: Cells, missions: list[Cells], owner: str, fees: int) -> None:
        client = self.clients[owner]
        total = base = Fraction(0)
        count = 0
        for m in missions:
            lines = self.lines({**m, "lot": {**m["lot"], "code client": owner}}) if m["lot"] else None
            if lines:
                total, base, count = total + lines[0], base + lines[1], count + lines[2]
        total -= cent(base * Fraction(5 if count >= 100 else 3 if count >= 50 else 0, 100))
        total += fees * cent(money(client["frais lot ht"]))
        ttc = total + cent(total / 5)
        if any(
            abs(a - money(row[b])) > Fraction(1, 200) for a, b in ((total, "total ht"), (ttc, "total ttc"))
        ):
            self.found.add(("INVOICE_DIFF", code(row["n facture"])))

    def check_not_invoiced(self) -> None:
        days = [when for row in self.invoices if (when := day_of(row["date"]))]
        invoiced = {lot for row in self.invoices for lot in re.split(r"[;,\s]+", code(row["lots"])) if lot}
        for m in self.missions:
            client = self.client(m)
            if not m["out"] or m["nos"] or not client:
                continue
            mode = plain(client["mode facturation"])
            if mode == "au lot" and not m["again"]:
                if code(m["lot"]["n lot"]) in invoiced:
                    self.found.add(("NOT_INVOICED", code(m["n mission"])))
            elif mode in ("au lot", "mensuelle") and m["rep"] and days and m["rep"] <= max(days):
                self.found.add(("NOT_INVOICED", code(m["n mission"])))

    def check_numbers(self) -> None:
        numbers = [code(row["n facture"]) for row in self.invoices]
        for number in set(numbers):
            if numbers.count(number) > 1:
                self.found.add(("INVOICE_NUMBER_DUPLICATE", number))
        years: dict[str, set[int]] = defaultdict(set)
        for number in numbers:
            if match := re.fullmatch(r"FA-(\d{4})-(\d{4,})", number):
                years[match[1]].add(int(match[2]))
        for year, ranks in years.items():
            for rank in set(range(1, max(ranks))) - ranks:
                self.found.add(("INVOICE_NUMBER_GAP", f"FA-{year}-{rank:04d}"))

    # --- missions, operations, lots ---

    def check_missions(self) -> None:
        for m in self.missions:
            ref = code(m["n mission"])
            if str(m["mois paie"]).strip() and not m["done"]:
                self.found.add(("PAID_WITHOUT_VISIT", ref))
            visits = [(who, when) for when, _, who in m["doors"]]
            if m["done"] and m["day"]:
                visits.append((m["who"], m["day"]))
            if (
                m["site"]
                and m["fam"]
                and any(who and not self.may(who, m["fam"], when) for who, when in visits)
            ):
                self.found.add(("AUTHORISATION_MISSING", ref))
            drawn = day_of(m["lot"]["tirage le"]) if m["lot"] else None
            early = drawn and any(when < drawn for _, when in visits)
            late = m["done"] and m["day"] and m["rep"] and m["rep"] < m["day"]
            if early or late:
                self.found.add(("DATE_ORDER", ref))
            has_result = bool(str(m["resultat"]).strip())
            if (has_result and not m["done"]) or (m["out"] and not has_result):
                self.found.add(("STATUS_CONTRADICTION", ref))
            if m["who"] and plain(self.agent(m["relu par"])) == plain(m["who"]):
                self.found.add(("REVIEWER_IS_INSPECTOR", ref))
            if (
                m["site"]
                and m["res"] == "S"
                and m["fam"] == "ISO"
                and m["op"]
                and str(m["surface mesuree"]).strip()
            ):
                declared, measured = money(m["op"]["surface declaree"]), money(m["surface mesuree"])
                if str(m["op"]["surface declaree"]).strip() and declared - measured > measured / 10:
                    self.found.add(("AREA_GAP_CONCLUSION", ref))

    def may(self, who: str, family: str, when: dt.date) -> bool:
        return any(
            self.agent(r["code agent"]) == who
            and code(r["famille"]) == family
            and (start := day_of(r["du"])) is not None
            and start <= when <= (day_of(r["au"]) or dt.date.max)
            for r in self.rights
        )

    def check_operations(self) -> None:
        refs = [code(o["ref interne"]) for o in self.operations]
        seen: dict[str, int] = defaultdict(int)
        for ref in refs:
            seen[ref] += 1
        for o in self.operations:
            ref = " ".join(str(o["ref interne"]).split())
            if seen[code(ref)] > 1:
                self.found.add(("DUPLICATE_OPERATION", ref))
            lot = self.lots.get(code(o["n lot"]))
            client = self.clients.get(code(lot["code client"])) if lot else None
            siren = plain(o["siren pro"]).replace(" ", "")
            if client and siren and siren == plain(client["siren"]).replace(" ", ""):
                self.found.add(("ORDERER_IS_INSTALLER", ref))

    def check_lots(self) -> None:
        with RATES_CSV.open(encoding="utf-8") as lines:
            rates = list(csv.DictReader(lines))
        for number, lot in self.lots.items():
            if plain(lot["statut"]) != "cloture":
                continue
            mine = [o for o in self.operations if code(o["n lot"]) == number]
            engaged = max((d for o in mine if (d := day_of(o["date engagement"]))), default=None)
            fiche = re.sub(r"[_ ].*", "", code(lot["fiche"]))
            filing = day_of(lot["depot prevu"])
            rate = next(
                (r for r in rates if r["fiche"] == fiche and engaged and self.covers(r, engaged)), None
            )
            if rate is None or filing is None or filing.year < 2022:
                continue
            done = [m for m in self.missions if m["lot"] is lot and m["out"] and not m["again"]]
            verdict = self.verdict(lot, done, len(mine), rate, filing)
            if plain(lot["conclusion lot"]) != verdict:
                self.found.add(("LOT_CONFORMITY_DIFF", number))

    @staticmethod
    def covers(rate: dict[str, str], day: dt.date) -> bool:
        return rate["engaged_from"] <= day.isoformat() <= (rate["engaged_to"] or "9999")

    @staticmethod
    def verdict(lot: Cells, done: list[Cells], n: int, rate: dict[str, str], filing: dt.date) -> str:
        site = [m["res"] for m in done if m["site"]]
        s, ns, all_ = site.count("S"), site.count("NS"), sum(1 for r in site if r)
        sc = sum(1 for m in done if m["tel"] and m["res"] == "S")
        met = True
        if rate["site_pct"]:
            met = s >= Fraction(rate["site_pct"]) * n / 100
        if rate["contact_pct"] and plain(lot["contact par nous"]) in ("oui", "o"):
            by_contact = sc >= Fraction(rate["contact_pct"]) * n / 100
            both = Fraction(rate["site_pct"] or 0) + Fraction(rate["contact_pct"])
            met = met and (by_contact or (bool(rate["site_pct"]) and s + sc >= both * n / 100))
        if not met:
            return "taux non atteint"
        ceiling = CEILINGS.get(filing.year, 10)
        return "conforme" if ns * 100 <= ceiling * all_ else "ns plafond"


def brute_force(sheets: list[Sheet]) -> set[tuple[str, str]]:
    """Return the (kind, ref) that workbook.md asks for."""
    brute = Brute(sheets)
    brute.check_pay()
    brute.check_invoices()
    brute.check_not_invoiced()
    brute.check_numbers()
    brute.check_missions()
    brute.check_operations()
    brute.check_lots()
    return brute.found

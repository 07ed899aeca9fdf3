"""The live gauge of a lot's page: what is reached, at best, and the chance to pass."""

from dataclasses import dataclass
from fractions import Fraction

from lots.rules.rates import RateRow
from lots.rules.sampling_counts import SiteCounts
from lots.rules.verdict import Verdict
from lots.views.lines import LotLine
from missions.selectors.lots import LotTally, past_of
from spekty.core import french
from spekty.core.enums import Channel, Conclusion

Arith = list[tuple[str, str, bool]]


@dataclass(frozen=True)
class Gauge:
    """The three cells under the verdict, and the forecast."""

    site: Arith
    contact: Arith
    ns: Arith
    at_best_site: int
    at_best_contact: int
    ns_allowed: int
    available: int
    chance: Fraction | None
    past: str

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Return the forecast in words and figures."""
        chance = "—" if self.chance is None else french.percent(self.chance, 0)
        return [
            ("NS encore permis d’affilée", french.number(self.ns_allowed)),
            ("Opérations encore disponibles", french.number(self.available)),
            ("Chances de tenir le taux sur site et le plafond", chance),
        ]


def gauge_of(line: LotLine, available: int) -> Gauge:
    """Return the gauge of a lot; the chance to pass needs a target and a ceiling."""
    # scipy takes a second to import: only this page and the draw's need it.
    from lots.rules import sampling

    counts: SiteCounts = line.tally.site_counts(available)
    past = past_of(line.lot)
    rates = sampling.expected_rates(past.drawn, past.not_inspected, past.ns, past.nv)
    chance, allowed = None, 0
    if line.ceiling and line.targets.site is not None:
        # The count of NS still allowed needs no past; the chance does.
        found = sampling.gauge(counts, line.targets.site, line.ceiling.ceiling_pct, rates)
        allowed = found.ns_allowed_now
        if past.is_enough and line.lot.status == "drawn":
            chance = Fraction(found.chance).limit_denominator(1000)
    site, contact = Channel.SITE, Channel.CONTACT
    return Gauge(
        site=_arith(line, site, line.targets.site, line.targets.rate and line.targets.rate.site_pct),
        contact=_arith(
            line, contact, line.targets.contact, line.targets.rate and line.targets.rate.contact_pct
        ),
        ns=_ns(line, counts),
        at_best_site=counts.satisfied + counts.pending,
        at_best_contact=line.facts.contact_satisfied + line.tally.pending(contact),
        ns_allowed=allowed,
        available=available,
        chance=chance,
        past=french.typo(
            f"Sur {past.drawn} opérations tirées sur site {past.scope} : "
            f"{past.not_inspected} sans contrôle, {past.ns} NS, {past.nv} NV."
        ),
    )


def _arith(line: LotLine, channel: str, required: int | None, pct: object) -> Arith:
    tally: LotTally = line.tally
    done = tally.concluded(channel, Conclusion.S)
    pending = tally.pending(channel)
    size = french.number(line.facts.operations)
    rows: Arith = []
    if required is not None and pct is not None:
        share = french.percent_points(pct)  # type: ignore[arg-type]
        rows.append((f"{share} × {size}, arrondi au-dessus", french.number(required), False))
    rows += [
        ("Rapports satisfaisants", french.number(done), False),
        ("En cours ou à relire", f"+ {french.number(pending)}", False),
        ("Au mieux", french.number(done + pending), True),
    ]
    return rows


def _ns(line: LotLine, counts: SiteCounts) -> Arith:
    done = counts.concluded
    rows: Arith = [
        (
            f"Émis : {counts.ns} ÷ ({counts.satisfied} + {counts.ns} + {counts.nv})",
            _share(counts.ns, done),
            False,
        )
    ]
    if counts.pending:
        end = done + counts.pending
        rows.append((f"Au mieux : {counts.ns} ÷ {end}", _share(counts.ns, end), False))
        rows.append((f"Un NS de plus : {counts.ns + 1} ÷ {end}", _share(counts.ns + 1, end), True))
    return [(french.typo(label), value, total) for label, value, total in rows]


def _share(part: int, whole: int) -> str:
    return french.percent(Fraction(part, whole)) if whole else "—"


def rates_text(rate: RateRow | None) -> str:
    """Return both rates in words; no rate at all is said."""
    if rate is None:
        return "Inconnus"
    words = []
    for pct, where in ((rate.site_pct, "sur site"), (rate.contact_pct, "par contact")):
        words.append(f"sans taux {where}" if pct is None else f"{french.percent_points(pct)} {where}")
    return ", ".join(words)


def filing_cases(verdict: Verdict) -> list[tuple[str, str, bool]]:
    """Return the three cases of R12: (verdict code, what may be filed, whether it is this lot's)."""
    words = {
        Verdict.COMPLIANT: "Tout le lot est déposable, sauf les NS non corrigés.",
        Verdict.NS_ABOVE_CEILING: "Seules les opérations contrôlées sont déposables (hors NS non corrigés), "
        "ou bien contrôler tout le lot.",
        Verdict.RATE_MISSED: "Seuls les satisfaisants et les NS corrigés sont déposables.",
    }
    codes = {
        Verdict.COMPLIANT: "compliant",
        Verdict.NS_ABOVE_CEILING: "ns_above",
        Verdict.RATE_MISSED: "rate_missed",
    }
    return [(codes[case], text, case is verdict) for case, text in words.items()]

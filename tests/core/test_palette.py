"""Every stored status has its look, and says the same word wherever it is written."""

import pytest

from billing.enums import InvoiceStatus
from lots.enums import ImportState, LotStatus, RowFate, Verdict
from missions.enums import AppointmentState, MissionStatus
from payroll.enums import PeriodStatus
from planning.enums import RunStatus, TourStatus
from quality.enums import DiscrepancyClass, ReviewDecision
from spekty.core import palette
from spekty.core.enums import Conclusion

STORED = {
    "mission": MissionStatus,
    "conclusion": Conclusion,
    "verdict": Verdict,
    "lot": LotStatus,
    "invoice": InvoiceStatus,
    "tour": TourStatus,
    "appointment": AppointmentState,
    "period": PeriodStatus,
    "review": ReviewDecision,
    "plan_run": RunStatus,
    "import": ImportState,
    "import_row": RowFate,
    "discrepancy": DiscrepancyClass,
}
TONES = {"wait", "go", "act", "ok", "ko", "nv", "exit", "done", "void", "s", "ns", "none"}


@pytest.mark.parametrize(("kind", "choices"), STORED.items())
def test_each_stored_code_has_the_word_of_its_choice(kind, choices):
    words = {code: palette.look(kind, code).word.replace(palette.NBSP, " ") for code in choices.values}
    assert words == dict(choices.choices)


@pytest.mark.parametrize("kind", palette.PALETTES)
def test_a_status_is_a_shape_a_colour_and_a_word(kind):
    for code, look in palette.PALETTES[kind].items():
        assert look.word
        assert look.tone in TONES
        assert look.icon or (kind, code) == ("conclusion", "")


def test_two_states_of_a_mission_never_share_a_shape():
    icons = [look.icon for look in palette.MISSION.values()]
    assert len(icons) == len(set(icons))


def test_an_unknown_code_is_refused():
    with pytest.raises(palette.UnknownCode):
        palette.look("mission", "nope")
    assert palette.look("conclusion", None).word == "Sans conclusion"

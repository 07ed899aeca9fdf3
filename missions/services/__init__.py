"""Everything that changes a mission."""

from missions.services.appointments import (
    answer_appointment,
    confirm_appointment,
    fix_appointment,
    record_attempt,
    release_appointment,
)
from missions.services.assignment import (
    MissionNotAssignable,
    assign_mission,
    check_assignable,
    unassign_mission,
)
from missions.services.creation import create_missions, create_reinspection
from missions.services.life import (
    cancel_mission,
    give_up_mission,
    issue_mission,
    receive_mission,
    record_unproductive_visit,
    refuse_mission,
    reopen_mission,
    replace_visit,
    send_back_mission,
    start_visit,
    stop_visit,
    submit_mission,
)

__all__ = [
    "MissionNotAssignable",
    "answer_appointment",
    "assign_mission",
    "cancel_mission",
    "check_assignable",
    "confirm_appointment",
    "create_missions",
    "create_reinspection",
    "fix_appointment",
    "give_up_mission",
    "issue_mission",
    "receive_mission",
    "record_attempt",
    "record_unproductive_visit",
    "refuse_mission",
    "release_appointment",
    "reopen_mission",
    "replace_visit",
    "send_back_mission",
    "start_visit",
    "stop_visit",
    "submit_mission",
    "unassign_mission",
]

"""The second pair of eyes, and the reports it issues."""

from quality.services.disputes import settle_dispute
from quality.services.reviewing import (
    ConclusionNeedsMotive,
    NothingToReview,
    ReviewerIsInspector,
    accept_and_issue,
    amend_report,
    send_back,
)

__all__ = [
    "ConclusionNeedsMotive",
    "NothingToReview",
    "ReviewerIsInspector",
    "accept_and_issue",
    "amend_report",
    "send_back",
    "settle_dispute",
]

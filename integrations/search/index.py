"""The indexes as code: what is searched, what may be filtered, how words match (reference: search)."""

from typing import Any

COMMON: dict[str, Any] = {
    # No _geo: one more field there costs seconds per change; PostgreSQL does distances.
    "rankingRules": ["words", "typo", "attribute", "proximity", "exactness", "sort"],
    "proximityPrecision": "byAttribute",
    "facetSearch": False,
    "searchCutoffMs": 150,
    "pagination": {"maxTotalHits": 1000},
}


def _index(
    searchable: list[str], filterable: list[str], exact: list[str], displayed: list[str]
) -> dict[str, Any]:
    return {
        **COMMON,
        "searchableAttributes": searchable,
        "filterableAttributes": ["id", *filterable],
        "displayedAttributes": ["id", "digest", *displayed],
        # A reference, a postcode or a phone number is right or it isn't.
        "typoTolerance": {"enabled": True, "disableOnNumbers": True, "disableOnAttributes": exact},
    }


INDEXES: dict[str, dict[str, Any]] = {
    "missions": _index(
        searchable=[
            *(
                "number",
                "reference",
                "beneficiary",
                "phone",
                "lot",
                "emmy_ref",
                "address",
                "postcode",
                "city",
            ),
            *("client", "installer", "agent", "fiche", "status", "conclusion", "email"),
        ],
        filterable=["client_id", "agent_id"],
        exact=["number", "reference", "phone", "lot", "emmy_ref", "postcode", "fiche"],
        displayed=["reference", "beneficiary", "address", "installer", "phone"],
    ),
    "lots": _index(
        searchable=["number", "emmy_ref", "client", "fiche", "fiche_label", "status", "verdict"],
        filterable=["client_id"],
        exact=["number", "emmy_ref", "fiche"],
        displayed=["emmy_ref", "client"],
    ),
    "clients": _index(
        searchable=["code", "name", "siren", "email"],
        filterable=["client_id"],
        exact=["code", "siren"],
        displayed=["name"],
    ),
}

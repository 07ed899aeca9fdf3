"""The database itself promises the search index what changed: services, bulk, raw SQL and COPY alike.

A message that still waits, untried, for the same object stands for both: it is locked, so that no
worker takes it before this transaction ends and reads the row too early.
"""

from django.db import migrations

PROMISE = """
CREATE FUNCTION spekty_promise(about_topic text, about text, about_id bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM core_outboxmessage
     WHERE aggregate = about AND aggregate_id = about_id AND topic = about_topic
       AND delivered_at IS NULL AND dead_at IS NULL AND lease_until IS NULL AND attempts = 0
     LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        INSERT INTO core_outboxmessage
            (key, topic, aggregate, aggregate_id, payload, created_at, attempts, next_at, error)
        VALUES (gen_random_uuid(), about_topic, about, about_id, '{}', clock_timestamp(), 0,
                clock_timestamp(), '');
    END IF;
END $$;

CREATE FUNCTION spekty_search_mission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM spekty_promise('search.mission', 'missions.mission', COALESCE(NEW.id, OLD.id));
    RETURN NULL;
END $$;
CREATE TRIGGER search_promise AFTER INSERT OR UPDATE OR DELETE ON missions_mission
    FOR EACH ROW EXECUTE FUNCTION spekty_search_mission();

CREATE FUNCTION spekty_search_operation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM spekty_promise('search.mission', 'missions.mission', id)
       FROM missions_mission WHERE operation_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER search_promise AFTER UPDATE ON lots_operation
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION spekty_search_operation();

CREATE FUNCTION spekty_search_lot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM spekty_promise('search.lot', 'lots.lot', COALESCE(NEW.id, OLD.id));
    IF TG_OP = 'UPDATE' THEN
        IF (OLD.number, OLD.emmy_ref, OLD.client_id, OLD.fiche_id)
           IS DISTINCT FROM (NEW.number, NEW.emmy_ref, NEW.client_id, NEW.fiche_id) THEN
            PERFORM spekty_promise('search.mission', 'missions.mission', id)
               FROM missions_mission WHERE lot_id = NEW.id;
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER search_promise AFTER INSERT OR UPDATE OR DELETE ON lots_lot
    FOR EACH ROW EXECUTE FUNCTION spekty_search_lot();

CREATE FUNCTION spekty_search_client() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM spekty_promise('search.client', 'lots.client', COALESCE(NEW.id, OLD.id));
    IF TG_OP = 'UPDATE' THEN
        IF OLD.name IS DISTINCT FROM NEW.name THEN
            PERFORM spekty_promise('search.lot', 'lots.lot', id) FROM lots_lot WHERE client_id = NEW.id;
            PERFORM spekty_promise('search.mission', 'missions.mission', m.id)
               FROM missions_mission m JOIN lots_lot l ON l.id = m.lot_id WHERE l.client_id = NEW.id;
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER search_promise AFTER INSERT OR UPDATE OR DELETE ON lots_client
    FOR EACH ROW EXECUTE FUNCTION spekty_search_client();

CREATE FUNCTION spekty_search_installer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM spekty_promise('search.mission', 'missions.mission', m.id)
       FROM missions_mission m JOIN lots_operation o ON o.id = m.operation_id
      WHERE o.installer_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER search_promise AFTER UPDATE ON lots_installer
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION spekty_search_installer();

CREATE FUNCTION spekty_search_agent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM spekty_promise('search.mission', 'missions.mission', id)
       FROM missions_mission WHERE agent_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER search_promise AFTER UPDATE ON accounts_agent
    FOR EACH ROW WHEN ((OLD.first_name, OLD.last_name, OLD.code)
                       IS DISTINCT FROM (NEW.first_name, NEW.last_name, NEW.code))
    EXECUTE FUNCTION spekty_search_agent();

CREATE FUNCTION spekty_search_fiche() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM spekty_promise('search.lot', 'lots.lot', id) FROM lots_lot WHERE fiche_id = NEW.id;
    PERFORM spekty_promise('search.mission', 'missions.mission', m.id)
       FROM missions_mission m JOIN lots_lot l ON l.id = m.lot_id
      WHERE l.fiche_id = NEW.id AND OLD.code IS DISTINCT FROM NEW.code;
    RETURN NULL;
END $$;
CREATE TRIGGER search_promise AFTER UPDATE ON lots_fiche
    FOR EACH ROW WHEN ((OLD.code, OLD.label) IS DISTINCT FROM (NEW.code, NEW.label))
    EXECUTE FUNCTION spekty_search_fiche();
"""

TABLES = {
    "mission": "missions_mission",
    "operation": "lots_operation",
    "lot": "lots_lot",
    "client": "lots_client",
    "installer": "lots_installer",
    "agent": "accounts_agent",
    "fiche": "lots_fiche",
}
FORGET = "".join(
    f"DROP TRIGGER search_promise ON {table}; DROP FUNCTION spekty_search_{name}();"
    for name, table in TABLES.items()
)


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0001_initial"),
        ("core", "0002_initial"),
        ("accounts", "0001_initial"),
        ("lots", "0001_initial"),
        ("missions", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(PROMISE, FORGET + "DROP FUNCTION spekty_promise(text, text, bigint);")
    ]

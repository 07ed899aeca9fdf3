"""Database rules that keep an issued invoice as it was sent, whoever writes (pay-and-billing.md).

The import may bring and correct the workbook's history (`is_legacy`) until the cut-over; nothing is deleted.
"""

import pgtrigger

_ALLOWED = "ARRAY['status', 'version', 'paid_on', 'file_id']"

FROZEN_INVOICE = pgtrigger.Trigger(
    name="issued_invoice_frozen",
    operation=pgtrigger.Update | pgtrigger.Delete,
    when=pgtrigger.Before,
    condition=pgtrigger.Condition("OLD.status <> 'draft'"),
    func=f"""
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'an issued invoice is never deleted' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT (OLD.is_legacy AND NEW.is_legacy) AND (
           (to_jsonb(OLD) - {_ALLOWED}) IS DISTINCT FROM (to_jsonb(NEW) - {_ALLOWED})
           OR (OLD.file_id IS NOT NULL AND OLD.file_id IS DISTINCT FROM NEW.file_id)) THEN
            RAISE EXCEPTION 'an issued invoice never changes' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

# FOR SHARE waits for an issue under way in another transaction, then sees its outcome.
FROZEN_LINES = pgtrigger.Trigger(
    name="issued_lines_frozen",
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    when=pgtrigger.Before,
    declare=[("state", "TEXT")],
    func="""
        IF TG_OP = 'INSERT' AND NEW.is_legacy THEN RETURN NEW; END IF;
        IF TG_OP = 'UPDATE' AND OLD.is_legacy AND NEW.is_legacy THEN RETURN NEW; END IF;
        IF TG_OP <> 'INSERT' THEN
            SELECT status INTO state FROM billing_invoice WHERE id = OLD.invoice_id FOR SHARE;
            IF state <> 'draft' THEN
                IF TG_OP = 'UPDATE' AND NEW.is_credited AND NOT OLD.is_credited AND NOT OLD.is_credit
                   AND to_jsonb(OLD) - 'is_credited' = to_jsonb(NEW) - 'is_credited' THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'the lines of an issued invoice never change'
                USING ERRCODE = 'check_violation';
            END IF;
        END IF;
        IF TG_OP <> 'DELETE' THEN
            SELECT status INTO state FROM billing_invoice WHERE id = NEW.invoice_id FOR SHARE;
            IF state <> 'draft' THEN
                RAISE EXCEPTION 'an issued invoice takes no new line' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END IF;
        RETURN OLD;
    """,
)

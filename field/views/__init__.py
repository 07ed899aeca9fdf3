"""The field portal: pages for a phone, answers for its outbox."""

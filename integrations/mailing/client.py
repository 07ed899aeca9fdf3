"""Brevo's language for text messages; mail goes through Django's own backends (SMTP, anymail)."""

import httpx

from integrations.http import TIMEOUT, check, tls


class BrevoSms:
    """Sends transactional messages through Brevo's v3 API."""

    def __init__(self, url: str, key: str, sender: str) -> None:
        self._url, self._key, self._sender = url.rstrip("/"), key, sender

    def send(self, *, to: str, text: str, tag: str) -> str:
        """Send one message and return Brevo's number for it; `to` is like '+33612345678'."""
        answer = httpx.post(
            f"{self._url}/transactionalSMS/send",
            json={
                "sender": self._sender,
                "recipient": to.removeprefix("+"),
                "content": text,
                "type": "transactional",
                "tag": tag,
                "unicodeEnabled": True,
            },
            headers={"api-key": self._key, "accept": "application/json"},
            timeout=TIMEOUT,
            verify=tls(),
        )
        return str(check(answer, what="SMS").json().get("messageId", ""))

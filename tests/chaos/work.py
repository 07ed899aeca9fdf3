"""How the workers of the chaos test tell the sink."""

import os

import httpx
from celery import shared_task

from spekty.core.models import OutboxMessage

# One client for the process: making one costs more than the call.
CLIENT = httpx.Client(timeout=5, trust_env=False)


def post(number: int, key: str) -> None:
    """Tell the sink about one event, under its key."""
    answer = CLIENT.post(os.environ["CHAOS_SINK"], json={"number": number}, headers={"Idempotency-Key": key})
    answer.raise_for_status()


def send(message: OutboxMessage) -> None:
    """Handle the topic of the test."""
    post(message.payload["number"], str(message.key))


@shared_task(name="chaos.naive", ignore_result=True, acks_late=False)
def naive(number: int) -> None:
    """Do what most applications do."""
    post(number, f"naive-{number}")

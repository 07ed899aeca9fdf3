"""The SMTP catcher: python -m spekty.stack.mailcatcher FOLDER PORT. One .eml file for each message."""

import asyncio
import sys
import time
from itertools import count
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from spekty.stack.addresses import HOST

NUMBERS = count()


class ToFolder:
    """Writes each message it is handed to a folder, whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep one message with the envelope's recipients, which may differ from its headers."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        recipients = ", ".join(envelope.rcpt_tos).encode("ascii", "replace")
        name = f"{time.time_ns()}-{next(NUMBERS)}.eml"
        draft = self.folder / f".{name}"
        draft.write_bytes(b"X-Spekty-Envelope-To: " + recipients + b"\r\n" + raw)
        draft.rename(self.folder / name)
        return "250 Message kept"


async def serve(folder: Path, port: int) -> None:
    """Accept messages until stopped."""
    handler = ToFolder(folder)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, enable_SMTPUTF8=True, hostname="localhost"), HOST, port
    )
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))

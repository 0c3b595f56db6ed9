"""An SMTP server that keeps what it gets, one JSON line for each mail on standard output.

    smtp_sink.py [--no-smtputf8] [--refuse 451] [--refuse-first N]

The first line has its port. Each mail's line has the envelope, the text and the page as Python's own parser reads them, and the
lengths of the longest line and the longest encoded word.
"""

import argparse
import asyncio
import json
import re
from email import message_from_bytes, policy

from aiosmtpd.controller import UnthreadedController


class Sink:
    def __init__(self, refuse: str, refuse_first: int) -> None:
        self.refuse = refuse
        self.refuse_first = refuse_first

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 (the library's name)
        if self.refuse_first > 0:
            self.refuse_first -= 1
            return f"{self.refuse} come back later"
        raw = envelope.original_content
        message = message_from_bytes(raw, policy=policy.default)
        # A mail's lines end in CRLF on the wire (RFC 5322, section 2.3); how a part was encoded decides whether Python leaves that.
        parts = {
            part.get_content_type(): part.get_content().replace("\r\n", "\n")
            for part in message.walk()
            if not part.is_multipart()
        }
        words = re.findall(rb"=\?[^?]+\?[bBqQ]\?[^?]*\?=", raw)
        mail = {
            "hello": session.host_name,
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "parts": [part.get_content_type() for part in message.walk() if not part.is_multipart()],
            "text": parts.get("text/plain"),
            "html": parts.get("text/html"),
            "defects": [str(defect) for part in message.walk() for defect in part.defects],
            "longest_line": max(map(len, raw.split(b"\r\n"))),
            "longest_word": max(map(len, words), default=0),
        }
        print(json.dumps(mail), flush=True)
        return "250 2.0.0 taken"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--no-smtputf8", action="store_true")
    arguments.add_argument("--refuse", default="451")
    arguments.add_argument("--refuse-first", type=int, default=0)
    given = arguments.parse_args()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    sink = Sink(given.refuse, given.refuse_first)
    controller = UnthreadedController(
        sink, hostname="127.0.0.1", port=0, loop=loop, enable_SMTPUTF8=not given.no_smtputf8, decode_data=False
    )
    controller.begin()
    print(json.dumps({"port": controller.server.sockets[0].getsockname()[1]}), flush=True)
    loop.run_forever()


if __name__ == "__main__":
    main()

from collections.abc import Iterable
from email import message_from_bytes, policy

from tickets.build import Ticket, build_ticket


def tickets_from(raw_messages: Iterable[bytes]) -> Iterable[Ticket]:
    for raw in raw_messages:
        yield build_ticket(message_from_bytes(raw, policy=policy.default))

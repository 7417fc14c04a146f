from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class Ticket:
    subject: str
    sender: str
    body: str
    tags: list[str] = field(default_factory=list)


def build_ticket(message: EmailMessage) -> Ticket:
    body = message.get_body(preferencelist=("plain",))
    return Ticket(
        subject=str(message["subject"] or "(no subject)"),
        sender=str(message["from"]),
        body=body.get_content() if body is not None else "",
    )

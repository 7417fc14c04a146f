from email.message import EmailMessage

from tickets.build import build_ticket


def a_message(subject: str) -> EmailMessage:
    message = EmailMessage()
    message["subject"] = subject
    message["from"] = "kim@example.test"
    message.set_content("Hello")
    return message


def test_subject_and_sender() -> None:
    ticket = build_ticket(a_message("Broken lamp"))
    assert (ticket.subject, ticket.sender) == ("Broken lamp", "kim@example.test")

from django.core.mail import EmailMessage


def send_invoice(address: str, number: str, pdf: bytes) -> None:
    message = EmailMessage(subject=f"Invoice {number}", body="Your invoice is attached.", to=[address])
    message.attach(f"{number}.pdf", pdf, "application/pdf")
    message.send()

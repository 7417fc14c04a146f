from mailbox.worker import drain


class FakeMailbox:
    def __init__(self, mails: dict[int, bytes]) -> None:
        self.mails = mails
        self.moved: dict[int, str] = {}

    def uids(self, folder: str) -> list[int]:
        return list(self.mails)

    def fetch(self, uid: int) -> bytes:
        return self.mails[uid]

    def move(self, uid: int, folder: str) -> None:
        self.moved[uid] = folder


def test_moves_what_is_handled() -> None:
    mailbox = FakeMailbox({1: b"a", 2: b"b"})
    assert drain(mailbox, lambda raw: None) == 2
    assert mailbox.moved == {1: "Done", 2: "Done"}

from dataclasses import dataclass


@dataclass(frozen=True)
class Report:
    id: int
    owner_email: str
    row_count: int
    name: str

from dataclasses import dataclass, field


@dataclass
class Basket:
    lines: dict[str, int] = field(default_factory=dict)

    def add(self, sku: str, quantity: int) -> None:
        self.lines[sku] = min(self.lines.get(sku, 0) + quantity, 99)

export interface CartLine {
  readonly priceCents: number;
  readonly quantity: number;
}

export interface StoredCart {
  readonly lines: readonly CartLine[];
  readonly discount?: { readonly percent: number };
}

export function totalCents(cart: StoredCart): number {
  const goods = cart.lines.reduce((sum, line) => sum + line.priceCents * line.quantity, 0);
  if (cart.discount === undefined) return goods;
  return goods - Math.floor((goods * cart.discount.percent) / 100);
}

export interface CartLine {
  readonly sku: string;
  readonly priceCents: number;
  readonly quantity: number;
}

export interface Cart {
  readonly lines: readonly CartLine[];
  readonly giftCardCents: number;
}

export class InsufficientFunds extends Error {
  constructor(readonly account: string) {
    super(`account ${account} does not cover the amount`);
  }
}

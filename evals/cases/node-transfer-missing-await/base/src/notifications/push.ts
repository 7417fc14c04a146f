export interface Push {
  send(accountId: string, text: string): Promise<void>;
}

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export class Mailer {
  constructor(private readonly endpoint: string, private readonly sender: string) {}

  async send(mail: Mail): Promise<void> {
    const response = await fetch(`${this.endpoint}/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ from: this.sender, ...mail }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`mail service answered ${response.status} for "${mail.subject}"`);
  }
}

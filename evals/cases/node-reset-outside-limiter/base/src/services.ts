export interface User {
  readonly id: string;
  readonly email: string;
}

export interface Services {
  readonly users: {
    verify(email: string, password: string): Promise<User | null>;
    byEmail(email: string): Promise<User | null>;
    setPassword(userId: string, password: string): Promise<void>;
  };
  readonly sessions: {
    start(userId: string): Promise<string>;
    endAll(userId: string): Promise<void>;
  };
  readonly mailer: { send(to: string, subject: string, text: string): Promise<void> };
}

export interface Preferences {
  readonly theme?: "light" | "dark";
  readonly locale?: string;
  readonly notifications?: { readonly email?: boolean; readonly push?: boolean };
  readonly [extension: string]: unknown;
}

export interface PreferenceStore {
  read(userId: string): Promise<Preferences>;
  write(userId: string, preferences: Preferences): Promise<void>;
}

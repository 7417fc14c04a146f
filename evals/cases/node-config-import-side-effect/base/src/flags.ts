const FLAGS = {
  "new-checkout": false,
  "gift-cards": true,
} as const;

export type Flag = keyof typeof FLAGS;

export function isEnabled(flag: Flag): boolean {
  return FLAGS[flag];
}

// What a route gives back, and the refusals GitHub words the same way everywhere.

export type Content =
  | { readonly kind: "none" }
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "raw"; readonly type: string; readonly bytes: Buffer };

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Content;
}

const DOCUMENTATION = "https://docs.github.com/rest";

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, content: { kind: "json", value } };
}

export function noContent(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, content: { kind: "none" } };
}

export function raw(type: string, bytes: Buffer): Answer {
  return { status: 200, headers: {}, content: { kind: "raw", type, bytes } };
}

/** Thrown anywhere below a route; `refusedAnswer` turns it back into the HTTP answer. */
export function refusal(
  status: number,
  message: string,
  extra: Readonly<Record<string, unknown>> = {},
): Error {
  const value = { message, ...extra, documentation_url: DOCUMENTATION, status: String(status) };
  return Object.assign(new Error(message), { answer: json(status, value) });
}

/** The review endpoints name what is wrong, but not which comment of the review it was. */
export function unprocessable(errors: readonly string[]): Error {
  return refusal(422, "Unprocessable Entity", { errors: [...new Set(errors)] });
}

export function validationFailed(resource: string, field: string, message: string): Error {
  return refusal(422, "Validation Failed", { errors: [{ resource, field, code: "custom", message }] });
}

export function notFound(): Error {
  return refusal(404, "Not Found");
}

export function refusedAnswer(error: unknown): Answer | null {
  if (!(error instanceof Error) || !("answer" in error)) return null;
  return error.answer as Answer; // only `refusal` puts this property on an error
}

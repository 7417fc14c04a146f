import { expect, test } from "vitest";
import { findAssignedSecrets } from "../../src/domain/secret-assignment.ts";

const RANDOM = "q7Zk2mPx9Lw4Rt8Vb3Nc6Ys1";
const HEX = "9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c";

function found(path: string, text: string): readonly string[] {
  return findAssignedSecrets(path, text).map(({ start, end }) => text.slice(start, end));
}

test.each([
  ["src/a.ts", `const apiKey = "${RANDOM}";`, RANDOM],
  ["src/a.ts", `  clientSecret: '${RANDOM}',`, RANDOM],
  ["a.py", `SECRET_KEY = "django-insecure-${RANDOM}"`, `django-insecure-${RANDOM}`],
  ["a.py", `config["db_password"] = "${RANDOM}"`, RANDOM],
  ["A.java", `String authToken = "${HEX}";`, HEX],
  ["a.go", `token := "${RANDOM}"`, RANDOM],
  ["deploy/.env", `DB_PASSWORD=${RANDOM}`, RANDOM],
  ["config/app.yaml", `  api_key: ${RANDOM}`, RANDOM],
  ["app.properties", `signing.key.password=${RANDOM}`, RANDOM],
])("%s: %s", (path, text, value) => {
  expect(found(path, text)).toEqual([value]);
});

test.each([
  ["src/a.ts", "const apiKey = process.env.API_KEY_OF_SERVICE_12;"],
  ["src/a.ts", `const token = "user-access-token-expired-12";`],
  ["src/a.ts", `const secretName = "${RANDOM}";`],
  ["src/a.ts", `const tokenUrl = "https://auth.corp.net/oauth2/v1/token";`],
  ["src/a.ts", `const password = "${"x".repeat(24)}";`],
  ["src/a.ts", `const token = "7b2f6c1e-9d3a-4e8b-8f21-0c5d9e7a1b34";`],
  ["src/a.ts", `const integrity = "sha512-${RANDOM}${RANDOM}";`],
  ["src/a.ts", `const tokenHash = "${HEX}";`],
  ["src/a.ts", `const testToken = "${RANDOM}";`],
  ["src/a.ts", `const secret = load(12345678901234567890);`],
  ["src/a.ts", `const apiKey = "your-api-key-12345-here";`],
  ["config/app.yaml", `api_key: \${API_KEY_2_OF_SERVICE}`],
  ["config/app.yaml", "secret: arn:aws:secretsmanager:eu-west-1:123:secret/db-pass-12"],
  ["A.java", `String token = "com.example.security.Token2Filter";`],
  ["src/a.ts", `const apiKey = ${RANDOM};`],
])("not in %s: %s", (path, text) => {
  expect(found(path, text)).toEqual([]);
});

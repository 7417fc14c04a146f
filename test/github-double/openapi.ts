// Holds every request and answer of the stand-in to GitHub's own OpenAPI description.
import type { Answer } from "./answer.ts";
import { type Contract, loadContract, type Operation } from "./openapi-description.ts";
import { isSchema, type Schema, type Validators } from "./openapi-schema.ts";

export interface CheckedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface ContractCheck {
  readonly violations: readonly string[];
  /** Records what differs; in `throw` mode gives it back as well. */
  check(request: CheckedRequest, answer: Answer): string | null;
  /** Records what differs in a payload the stand-in has built itself. */
  checkWebhook(event: string, payload: Readonly<Record<string, unknown>>): void;
}

let shared: Contract | null = null;

export function createContractCheck(mode: "throw" | "record"): ContractCheck {
  const violations: string[] = [];
  shared ??= loadContract();
  const contract = shared;
  return {
    violations,
    check(request, answer) {
      const faults = faultsOf(contract, request, answer);
      violations.push(...faults.map((fault) => `${request.method} ${request.path}: ${fault}`));
      return mode === "throw" ? (faults[0] ?? null) : null;
    },
    checkWebhook(event, payload) {
      const schema = contract.webhook(event, String(payload.action));
      const fault = schema
        ? contract.validators.fault(schema, payload)
        : "/action: is not in GitHub's description";
      if (fault !== null) violations.push(`webhook ${event}.${String(payload.action)}: payload ${fault}`);
    },
  };
}

function faultsOf(contract: Contract, request: CheckedRequest, answer: Answer): string[] {
  // The root directory is `/contents/` with an empty path, but octokit drops the last slash.
  const found =
    contract.find(request.method, request.path) ?? contract.find(request.method, `${request.path}/`);
  if (!found) return ["operation: is not in GitHub's description"];
  const { operation, params } = found;
  const query = Object.fromEntries(request.query);
  return [
    labelled("path", contract.validators.textFault(operation.path, params)),
    labelled("query", contract.validators.textFault(operation.query, query)),
    labelled("request body", bodyFault(contract.validators, operation, request.body)),
    labelled(`answer ${answer.status}`, answerFault(contract.validators, operation, answer)),
  ].filter(isText);
}

function labelled(where: string, fault: string | null): string | null {
  return fault === null ? null : `${where} ${fault}`;
}

function bodyFault(validators: Validators, operation: Operation, body: unknown): string | null {
  const schema = operation.requestBody?.content?.["application/json"]?.schema;
  if (!schema) return body === null ? null : "/: no body is described";
  if (body === null) return operation.requestBody?.required === true ? "/: is required" : null;
  return validators.fault(schema, body) ?? unknownKey(validators, schema, body, "");
}

/** The description rarely forbids other keys, but a key it does not know is a typing error or has no effect. */
function unknownKey(validators: Validators, written: Schema, value: unknown, at: string): string | null {
  const schema = validators.follow(written);
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!isSchema(items)) return null;
    return (
      value.map((item, index) => unknownKey(validators, items, item, `${at}/${index}`)).find(isText) ?? null
    );
  }
  const { properties } = schema;
  if (!isSchema(value) || !isSchema(properties) || isSchema(schema.additionalProperties)) return null;
  for (const [key, inner] of Object.entries(value)) {
    const described = properties[key];
    if (!isSchema(described)) return `${at}/${key}: is not described`;
    const fault = unknownKey(validators, described, inner, `${at}/${key}`);
    if (fault !== null) return fault;
  }
  return null;
}

function answerFault(validators: Validators, operation: Operation, answer: Answer): string | null {
  const described = operation.responses[String(answer.status)];
  if (!described) {
    if (answer.status >= 300 && answer.status < 400) return null; // redirects are described once, in a guide
    if (answer.status < 400) return "/: this status is not described";
    // Any operation may fail in ways its page does not list (401, 403, 404, 5xx); the shape is the same.
    return answer.content.kind === "json" ? validators.fault(BASIC_ERROR, answer.content.value) : null;
  }
  const { content } = answer;
  if (content.kind === "raw") return null; // custom media types are described in words
  if (content.kind === "none") return described.content ? "/: the description has a body here" : null;
  const accepted = described.content?.["application/json"]?.schema;
  return accepted ? validators.fault(accepted, content.value) : "/: no JSON body is described";
}

const BASIC_ERROR: Schema = { $ref: "#/components/schemas/basic-error" };

function isText(value: string | null): value is string {
  return value !== null;
}

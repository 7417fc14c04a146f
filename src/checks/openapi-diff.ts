/** OpenAPI, base against head: what breaks a client that was built against the base. Runs in the parser thread. */
import type { ContractBreak, ContractReading } from "./contract-facts.ts";
import { openDocument, type Tree } from "./openapi-document.ts";
import { newEndpointBreaks } from "./openapi-endpoints.ts";
import { type Operation, type Parameter, readOperations, readSecurity } from "./openapi-operations.ts";
import { type Comparison, compareSchemas, newComparison } from "./openapi-schemas.ts";

export function compareOpenApi(base: string, head: string): ContractReading {
  const [before, after] = [openDocument(base), openDocument(head)];
  if (before.kind === "refused") return { kind: "refused", reason: `base: ${before.reason}` };
  if (after.kind === "refused") return { kind: "refused", reason: after.reason };
  const [old, now] = [readOperations(before.root), readOperations(after.root)];
  const comparison = newComparison();
  rootSecurity(comparison, before.root, after.root);
  for (const [key, operation] of old) {
    const same = now.get(key);
    if (same === undefined) removedOperation(comparison, operation);
    else compareOperations(comparison, operation, same, before.root, after.root);
  }
  const added = [...now].filter(([key]) => !old.has(key)).map(([, operation]) => operation);
  const breaks = [...comparison.breaks, ...newEndpointBreaks(added, after.root)];
  if (comparison.left <= 0) return { kind: "refused", reason: "too many schemas to compare" };
  return { kind: "compared", breaks: once(breaks) };
}

/** A schema that many operations share breaks at one place. */
function once(breaks: readonly ContractBreak[]): readonly ContractBreak[] {
  const seen = new Set<string>();
  return breaks.filter(({ rule, side, line }) => {
    const key = `${rule} ${side} ${line}`;
    return !seen.has(key) && seen.add(key);
  });
}

function removedOperation(comparison: Comparison, { name, line, deprecated }: Operation): void {
  const rule = deprecated ? "openapi-deprecated-operation-removed" : "openapi-operation-removed";
  comparison.breaks.push({ rule, side: "LEFT", line, subject: name });
}

function compareOperations(
  comparison: Comparison,
  old: Operation,
  now: Operation,
  oldRoot: Tree,
  root: Tree,
): void {
  compareSecurity(comparison, old, now, { oldRoot, root });
  compareParameters(comparison, old, now);
  compareBodies(comparison, old, now);
  for (const response of old.responses) {
    const same = now.responses.find(({ status }) => status === response.status);
    const where = `${now.name}, response ${response.status}`;
    if (same !== undefined)
      compareSchemas(
        comparison,
        { base: response.schema, head: same.schema, direction: "response", where, trail: "" },
        0,
      );
    else if (response.status.startsWith("2"))
      comparison.breaks.push({
        rule: "openapi-response-removed",
        side: "LEFT",
        line: response.line,
        subject: where,
      });
  }
}

function rootSecurity(comparison: Comparison, oldRoot: Tree, root: Tree): void {
  const [old, now] = [oldRoot.get("security"), root.get("security")];
  if (readSecurity(old) !== "required" || readSecurity(now) === "required" || root.get("paths").node === null)
    return;
  const place =
    now.node === null
      ? ({ side: "LEFT", line: old.line } as const)
      : ({ side: "RIGHT", line: now.line } as const);
  const subject = "every operation that names none of its own";
  comparison.breaks.push({ rule: "openapi-security-removed", ...place, subject });
}

function compareSecurity(
  comparison: Comparison,
  old: Operation,
  now: Operation,
  { oldRoot, root }: { readonly oldRoot: Tree; readonly root: Tree },
): void {
  // What both inherit is told once, at the root.
  if (old.security === "inherited" && now.security === "inherited") return;
  const before = old.security === "inherited" ? readSecurity(oldRoot.get("security")) : old.security;
  const after = now.security === "inherited" ? readSecurity(root.get("security")) : now.security;
  if (before !== "required" || after === "required") return;
  comparison.breaks.push({
    rule: "openapi-security-removed",
    side: "RIGHT",
    line: now.line,
    subject: now.name,
  });
}

function compareParameters(comparison: Comparison, old: Operation, now: Operation): void {
  const find = (list: readonly Parameter[], one: Parameter): Parameter | undefined =>
    list.find(({ name, where }) => name === one.name && where === one.where);
  for (const parameter of old.parameters) {
    const same = find(now.parameters, parameter);
    const where = `${now.name}, ${parameter.where} parameter ${parameter.name}`;
    if (same !== undefined)
      compareSchemas(
        comparison,
        { base: parameter.schema, head: same.schema, direction: "request", where, trail: "" },
        0,
      );
    // The name of a path's parameter is known to the server alone.
    else if (parameter.where !== "path")
      comparison.breaks.push({
        rule: "openapi-parameter-removed",
        side: "LEFT",
        line: parameter.line,
        subject: where,
      });
  }
  for (const parameter of now.parameters) {
    if (!parameter.required || parameter.where === "path") continue;
    if (find(old.parameters, parameter)?.required === true) continue;
    const subject = `${parameter.name} of ${now.name}`;
    comparison.breaks.push({
      rule: "openapi-parameter-required",
      side: "RIGHT",
      line: parameter.line,
      subject,
    });
  }
}

function compareBodies(comparison: Comparison, old: Operation, now: Operation): void {
  if (now.body === null) return;
  const where = `${now.name}, request body`;
  if (now.body.required && old.body?.required !== true)
    comparison.breaks.push({
      rule: "openapi-request-field-required",
      side: "RIGHT",
      line: now.body.line,
      subject: where,
    });
  if (old.body === null) return;
  const pair = {
    base: old.body.schema,
    head: now.body.schema,
    direction: "request",
    where,
    trail: "",
  } as const;
  compareSchemas(comparison, pair, 0);
}

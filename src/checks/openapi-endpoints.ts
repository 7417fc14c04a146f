/** New operations of an OpenAPI document: what they lack. Each rule speaks once for all of them. */
import type { ContractBreak } from "./contract-facts.ts";
import type { Tree } from "./openapi-document.ts";
import { type Operation, readSecurity } from "./openapi-operations.ts";

export function newEndpointBreaks(added: readonly Operation[], root: Tree): readonly ContractBreak[] {
  return [
    ...together(
      "openapi-new-endpoint-without-auth",
      added.filter((one) => lacksSecurity(one, root)),
    ),
    ...together("openapi-new-list-without-pagination", added.filter(lacksPagination)),
    ...together("openapi-new-endpoint-without-errors", added.filter(lacksErrors)),
  ];
}

function together(rule: string, operations: readonly Operation[]): readonly ContractBreak[] {
  const [first, ...others] = operations;
  if (first === undefined) return [];
  const subject = others.length === 0 ? first.name : `${first.name} and ${others.length} more`;
  return [{ rule, side: "RIGHT", line: first.line, subject }];
}

/** Only in a document that describes authentication at all; `security: []` says "public" in so many words. */
function lacksSecurity(operation: Operation, root: Tree): boolean {
  const schemes = [root.get("components").get("securitySchemes"), root.get("securityDefinitions")];
  if (schemes.every((tree) => tree.entries().length === 0)) return false;
  if (operation.security === "inherited") return readSecurity(root.get("security")) !== "required";
  return operation.security === "open";
}

const PAGING =
  /limit|page|cursor|offset|size|after|before|skip|take|count|^top$|^first$|^last$|since|range|token/i;

function lacksPagination(operation: Operation): boolean {
  if (!operation.key.startsWith("GET ")) return false;
  const list = operation.responses.some(
    ({ status, schema }) => status.startsWith("2") && schema.get("type").text() === "array",
  );
  return list && !operation.parameters.some(({ name, where }) => where === "query" && PAGING.test(name));
}

function lacksErrors(operation: Operation): boolean {
  return (
    operation.responses.length > 0 &&
    !operation.responses.some(({ status }) => /^(?:[45]|default)/i.test(status))
  );
}

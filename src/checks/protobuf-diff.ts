/** Protocol Buffers, base against head: what breaks peers and stored data. Runs in the parser thread. */
import protobuf, {
  type Enum,
  type Field,
  type NamespaceBase,
  type ReflectionObject,
  type Service,
  type Type,
} from "protobufjs";
import type { ContractBreak, ContractReading } from "./contract-facts.ts";
import { protobufLines } from "./protobuf-places.ts";

interface Side {
  readonly package: string;
  readonly types: ReadonlyMap<string, Type>;
  readonly enums: ReadonlyMap<string, Enum>;
  readonly services: ReadonlyMap<string, Service>;
}

/** protobufjs takes quadratic time for the fields of one message. */
const MAX_FIELDS = 20_000;

type Report = (rule: string, side: ContractBreak["side"], path: string, subject?: string) => void;

export function compareProtobuf(base: string, head: string): ContractReading {
  if (base.trim() === "") return { kind: "compared", breaks: [] };
  if ([base, head].some((text) => (text.match(/=\s*\d/g) ?? []).length > MAX_FIELDS))
    return { kind: "refused", reason: `more than ${MAX_FIELDS} fields` };
  let sides: readonly [Side, Side];
  try {
    sides = [readSide(base), readSide(head)];
  } catch (error) {
    // protobufjs throws plain errors for what it cannot read, and a RangeError where nesting ends the stack.
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "refused", reason: `not readable as Protocol Buffers: ${message.slice(0, 200)}` };
  }
  const [old, now] = sides;
  const breaks: ContractBreak[] = [];
  const lines = { LEFT: protobufLines(base), RIGHT: protobufLines(head) };
  const report: Report = (rule, side, path, subject = path) => {
    breaks.push({ rule, side, line: lines[side].get(path) ?? 1, subject });
  };
  if (old.package !== now.package)
    report("protobuf-package-changed", "RIGHT", "package", `${old.package} to ${now.package}`);
  for (const [path, type] of old.types) compareType(path, type, now.types.get(path), report);
  for (const [path, values] of old.enums) compareEnum(path, values, now.enums.get(path), report);
  for (const [path, service] of old.services) compareService(path, service, now.services.get(path), report);
  return { kind: "compared", breaks };
}

function readSide(text: string): Side {
  const parsed = protobuf.parse(text, new protobuf.Root(), { keepCase: true });
  const name = parsed.package ?? "";
  const [types, enums, services] = [
    new Map<string, Type>(),
    new Map<string, Enum>(),
    new Map<string, Service>(),
  ];
  const visit = (space: NamespaceBase): void => {
    for (const child of space.nestedArray) {
      const path = relativeName(child, name);
      if (child instanceof protobuf.Type) types.set(path, child);
      else if (child instanceof protobuf.Enum) enums.set(path, child);
      else if (child instanceof protobuf.Service) services.set(path, child);
      if (child instanceof protobuf.Namespace) visit(child);
    }
  };
  visit(parsed.root);
  return { package: name, types, enums, services };
}

function relativeName(child: ReflectionObject, packageName: string): string {
  const full = child.fullName.replace(/^\./, "");
  return packageName !== "" && full.startsWith(`${packageName}.`) ? full.slice(packageName.length + 1) : full;
}

function compareType(path: string, old: Type, now: Type | undefined, report: Report): void {
  if (now === undefined) return report("protobuf-message-removed", "LEFT", path);
  const byNumber = new Map(now.fieldsArray.map((field) => [field.id, field]));
  const byName = new Map(now.fieldsArray.map((field) => [field.name, field]));
  for (const field of old.fieldsArray) {
    const fieldPath = `${path}.${field.name}`;
    const moved = byName.get(field.name);
    const same = byNumber.get(field.id);
    if (moved !== undefined && moved.id !== field.id)
      report("protobuf-number-changed", "RIGHT", fieldPath, `${fieldPath}, ${field.id} to ${moved.id}`);
    else if (same !== undefined) compareField(path, field, same, report);
    else if (!now.isReservedId(field.id)) report("protobuf-removed-without-reserved", "LEFT", fieldPath);
  }
  for (const field of now.fieldsArray)
    if (old.isReservedId(field.id))
      report(
        "protobuf-number-reused",
        "RIGHT",
        `${path}.${field.name}`,
        `${path}.${field.name} = ${field.id}`,
      );
}

function compareField(path: string, old: Field, now: Field, report: Report): void {
  const fieldPath = `${path}.${now.name}`;
  const [before, after] = [typeOf(old), typeOf(now)];
  const fits = before === after || sameOnTheWire(before, after);
  if (old.name !== now.name) {
    // Another number may have taken the old name: then it is a swap, told by `protobuf-number-changed`.
    const rule = fits && old.repeated === now.repeated ? "protobuf-field-renamed" : "protobuf-number-reused";
    report(rule, "RIGHT", fieldPath, `${path}.${old.name} to ${now.name} = ${now.id}`);
  } else if (!fits)
    report("protobuf-type-changed", "RIGHT", fieldPath, `${fieldPath}, ${before} to ${after}`);
  else if (old.repeated !== now.repeated) report("protobuf-label-changed", "RIGHT", fieldPath);
}

function typeOf(field: Field): string {
  return field instanceof protobuf.MapField ? `map<${field.keyType}, ${field.type}>` : field.type;
}

/** Groups from "Updating A Message Type" of the Protocol Buffers language guide. */
const SAME_ON_THE_WIRE = [
  ["int32", "uint32", "int64", "uint64", "bool"],
  ["sint32", "sint64"],
  ["string", "bytes"],
  ["fixed32", "sfixed32"],
  ["fixed64", "sfixed64"],
];

function sameOnTheWire(before: string, after: string): boolean {
  // `Status` and `.pkg.v1.Status` may be one type: a qualified name is compared by its last part.
  if (before.includes(".") || after.includes("."))
    return before.split(".").at(-1) === after.split(".").at(-1);
  return SAME_ON_THE_WIRE.some((group) => group.includes(before) && group.includes(after));
}

function compareEnum(path: string, old: Enum, now: Enum | undefined, report: Report): void {
  if (now === undefined) return report("protobuf-message-removed", "LEFT", path);
  const values = new Map(Object.entries(now.values));
  const numbers = new Set(values.values());
  for (const [name, number] of Object.entries(old.values)) {
    const same = values.get(name);
    if (same === number) continue;
    if (same !== undefined)
      report(
        "protobuf-enum-value-renumbered",
        "RIGHT",
        `${path}.${name}`,
        `${path}.${name}, ${number} to ${same}`,
      );
    else if (numbers.has(number)) report("protobuf-enum-value-renamed", "LEFT", `${path}.${name}`);
    else if (!now.isReservedId(number)) report("protobuf-enum-value-removed", "LEFT", `${path}.${name}`);
  }
}

function compareService(path: string, old: Service, now: Service | undefined, report: Report): void {
  if (now === undefined) return report("protobuf-rpc-removed", "LEFT", path);
  const methods = new Map(now.methodsArray.map((method) => [method.name, method]));
  for (const method of old.methodsArray) {
    const methodPath = `${path}.${method.name}`;
    const same = methods.get(method.name);
    if (same === undefined) report("protobuf-rpc-removed", "LEFT", methodPath);
    else if (
      method.requestType !== same.requestType ||
      method.responseType !== same.responseType ||
      (method.requestStream ?? false) !== (same.requestStream ?? false) ||
      (method.responseStream ?? false) !== (same.responseStream ?? false)
    )
      report("protobuf-rpc-changed", "RIGHT", methodPath);
  }
}

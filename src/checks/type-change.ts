/** Whether a change of a column's type makes PostgreSQL write the table anew. */

const TEXT = /^(?:text|varchar|citext)$/;

/** `from` is null where nobody tells; then only what is a rewrite from every usual type counts. */
export function isRewrite(from: string | null, to: string, converts: boolean): boolean {
  if (converts) return true;
  const target = parts(to);
  if (from === null) return !TEXT.test(target.name);
  const source = parts(from);
  if (source.name === target.name && source.array === target.array) return narrows(source, target);
  // Binary the same: only the catalogue changes. A limit would be checked row by row.
  if (TEXT.test(source.name) && TEXT.test(target.name) && source.array === target.array)
    return target.numbers.length > 0 && narrows(source, target);
  return !(source.name === "cidr" && target.name === "inet");
}

interface TypeParts {
  readonly name: string;
  readonly numbers: readonly number[];
  readonly array: boolean;
}

function narrows(source: TypeParts, target: TypeParts): boolean {
  if (target.numbers.length === 0) return false;
  if (source.numbers.length === 0) return true;
  if (source.name === "bpchar") return String(source.numbers) !== String(target.numbers);
  const [size = 0, scale = 0] = source.numbers;
  const [newSize = 0, newScale = 0] = target.numbers;
  return newSize < size || newScale !== scale;
}

/** Names as PostgreSQL's parser gives them. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["character varying", "varchar"],
  ["character", "bpchar"],
  ["char", "bpchar"],
  ["int", "int4"],
  ["integer", "int4"],
  ["bigint", "int8"],
  ["smallint", "int2"],
  ["decimal", "numeric"],
  ["boolean", "bool"],
]);

function parts(type: string): TypeParts {
  const match = /^([\w ]+?)\s*(?:\(([\d,\s]*)\))?\s*(\[\])?$/.exec(type.trim().toLowerCase());
  const name = match?.[1] ?? type;
  const numbers = (match?.[2] ?? "")
    .split(",")
    .filter((text) => text.trim() !== "")
    .map(Number);
  return { name: ALIASES.get(name) ?? name, numbers, array: match?.[3] !== undefined };
}

/** The `erDiagram` of a summary as boxes of columns: GitHub draws it with Mermaid, and this page runs no script. */
import { escapeHtml } from "./page-html.ts";

interface Entity {
  readonly name: string;
  readonly columns: { readonly type: string; readonly name: string; readonly keys: string }[];
}

const ENTITY = /^ {2}(\w+) \{$/;
const COLUMN = /^ {4}(\S+) (\w+)(?: ([A-Z, ]+))?$/;
const RELATION = /^ {2}(\w+) \S+--\S+ (\w+) : "(\w+)"$/;

/** Null for what Plumbline does not write itself; that stays source. */
export function renderSchema(source: string): string | null {
  const [first, ...lines] = source.trimEnd().split("\n");
  if (first !== "erDiagram") return null;
  const entities: Entity[] = [];
  const targets = new Map<string, string>();
  for (const line of lines) {
    const [, entity] = ENTITY.exec(line) ?? [];
    const [column, type = "", name = "", keys = ""] = COLUMN.exec(line) ?? [];
    const [relation, to = "", from, by] = RELATION.exec(line) ?? [];
    if (entity !== undefined) entities.push({ name: entity, columns: [] });
    else if (column !== undefined) entities.at(-1)?.columns.push({ type, name, keys });
    else if (relation !== undefined) targets.set(`${from}.${by}`, to);
    else if (line.trim() !== "}" && !line.startsWith("  %%")) return null;
  }
  return `<div class="schema">${entities.map((entity) => renderEntity(entity, targets)).join("")}</div>`;
}

function renderEntity({ name, columns }: Entity, targets: ReadonlyMap<string, string>): string {
  const rows = columns.map((column) => {
    const to = targets.get(`${name}.${column.name}`);
    const keys = to === undefined ? column.keys : `${column.keys} → ${to}`;
    return `<tr><td>${escapeHtml(column.name)}</td><td>${escapeHtml(column.type)}</td><td>${escapeHtml(keys)}</td></tr>`;
  });
  return `<div class="entity"><strong>${escapeHtml(name)}</strong><table><tbody>${rows.join("")}</tbody></table></div>`;
}

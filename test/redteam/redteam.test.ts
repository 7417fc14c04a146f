// Everything known that strangers do to reviewers, as cases: see the tables beside this file and docs/adr/0031.
import { afterAll, expect, it } from "vitest";
import { CASES } from "./cases.ts";

const passed = new Set<string>();

it.each(CASES.map((one) => [one.id, one.name, one] as const))("%s %s", async (id, _name, attack) => {
  await attack.run();
  passed.add(id);
});

it("there are cases for every attack, at least 80 in all, each with a name of its own", () => {
  const attacks = new Set(CASES.map(({ id }) => id.split("-")[0]));

  expect(
    Array.from({ length: 24 }, (_, at) => `A${at + 1}`).filter((attack) => !attacks.has(attack)),
  ).toEqual([]);
  expect(CASES.length).toBeGreaterThanOrEqual(80);
  expect(new Set(CASES.map(({ id, name }) => `${id.split("-")[0] ?? ""} ${name}`)).size).toBe(CASES.length);
});

afterAll(() => {
  const attacks = [...new Set(CASES.map(({ id }) => id.split("-")[0] ?? ""))];
  const rows = attacks.map((attack) => {
    const own = CASES.filter(({ id }) => id.startsWith(`${attack}-`));
    return `${attack.padEnd(8)}${String(own.length).padStart(5)}${String(own.filter(({ id }) => passed.has(id)).length).padStart(8)}`;
  });
  console.log(
    [
      "attack  cases  passed",
      ...rows,
      `${"all".padEnd(8)}${String(CASES.length).padStart(5)}${String(passed.size).padStart(8)}`,
    ].join("\n"),
  );
});

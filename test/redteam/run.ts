// The cases of some attacks by themselves, up to the first that succeeds: for scripts/redteam-mutations.ts.
import { CASES } from "./cases.ts";

const attacks = new Set(process.argv.slice(2));
const wanted = CASES.filter(({ id }) => attacks.has(id.split("-")[0] ?? ""));
if (wanted.length === 0) throw new Error("no case of these attacks");
for (const { id, name, run } of wanted) {
  try {
    await run();
  } catch (error) {
    console.log(
      `${id} ${name}: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`,
    );
    process.exit(1);
  }
}
process.exit(0);

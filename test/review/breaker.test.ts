// A model service that refuses everything is asked once, and then only now and then by one of all.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type Breaker, breaker } from "../../src/review/breaker.ts";
import type { Model, ModelOutcome, ModelRequest, PauseBook } from "../../src/review/ports.ts";
import { answered, failing } from "../builders.ts";

const REFUSED = failing("reconfigure", { reason: "the key is refused" });
const BUSY = failing("retry", { reason: "overloaded" });
const ASKED: ModelRequest = {
  prompt: { system: [], user: [] },
  reply: z.unknown(),
  correction: null,
  turns: [],
  tools: "none",
  signal: new AbortController().signal,
  onStarted: () => undefined,
};

function aScene() {
  let now = Date.parse("2026-11-22T12:00:00Z");
  const rows = new Map<string, { until: Date; reason: string; strikes: number }>();
  const book: PauseBook = {
    find: async (scope) => {
      const row = rows.get(scope);
      return row !== undefined && row.until.getTime() > now ? row : null;
    },
    strikes: async (scope) => rows.get(scope)?.strikes ?? 0,
    pause: async (scope, until, reason, strikes) => void rows.set(scope, { until, reason, strikes }),
    probe: async (scope, until) => {
      const row = rows.get(scope);
      if (row === undefined || row.until.getTime() > now) return false;
      rows.set(scope, { ...row, until });
      return true;
    },
    lift: async (scope) => void rows.delete(scope),
  };
  const notices: string[] = [];
  const calls: string[] = [];
  let answer: ModelOutcome = REFUSED;
  const model: Model = {
    id: "m",
    complete: async () => {
      calls.push("call");
      return answer;
    },
  };
  const replica = (): Breaker =>
    breaker({ book, scope: "model/x", now: () => new Date(now), notice: (state) => notices.push(state) });
  return {
    replica,
    model,
    notices,
    calls,
    rows,
    pass: (minutes: number) => (now += minutes * 60_000),
    answerWith: (next: ModelOutcome) => (answer = next),
  };
}

describe("a breaker", () => {
  it("opens at the first refusal with one notice, and asks no more", async () => {
    const scene = aScene();
    const admission = await scene.replica().admit();
    expect(admission.until()).toBeNull();
    const model = admission.guard(scene.model);

    const outcomes = [];
    for (let at = 0; at < 3; at++) outcomes.push(await model.complete(ASKED));

    expect(scene.calls).toHaveLength(1);
    expect(scene.notices).toEqual(["open"]);
    expect(outcomes[2]).toMatchObject({
      kind: "failed",
      failure: {
        next: "stop",
        reason: "the key is refused; the model service is not asked before 12:01 UTC",
      },
    });
    expect(admission.until()?.toISOString()).toBe("2026-11-22T12:01:00.000Z");
  });

  it("holds for those who were let in before, and for the other replicas", async () => {
    const scene = aScene();
    const one = scene.replica();
    const before = await one.admit();
    await (await one.admit()).guard(scene.model).complete(ASKED);

    await before.guard(scene.model).complete(ASKED);
    const other = await scene.replica().admit();
    await other.guard(scene.model).complete(ASKED);

    expect(other.until()?.toISOString()).toBe("2026-11-22T12:01:00.000Z");
    expect(scene.calls).toHaveLength(1);
  });

  it("lets one through after its time, whoever else comes meanwhile; the next refusal lasts twice as long", async () => {
    const scene = aScene();
    const one = scene.replica();
    await (await one.admit()).guard(scene.model).complete(ASKED);
    scene.pass(2);

    const probe = await one.admit();
    // Of the same process and of another one: the probe's own pause is in their way, and they are not in the probe's.
    const others = [await one.admit(), await scene.replica().admit()];
    for (const other of others) await other.guard(scene.model).complete(ASKED);
    expect(scene.calls).toHaveLength(1);
    await probe.guard(scene.model).complete(ASKED);

    expect(scene.calls).toHaveLength(2);
    expect(others.map((other) => other.until())).not.toContain(null);
    expect(probe.until()?.toISOString()).toBe("2026-11-22T12:04:00.000Z");
  });

  it("closes with the first answer", async () => {
    const scene = aScene();
    const one = scene.replica();
    await (await one.admit()).guard(scene.model).complete(ASKED);
    scene.pass(2);
    scene.answerWith(answered({ findings: [] }));

    await (await one.admit()).guard(scene.model).complete(ASKED);

    expect(scene.notices).toEqual(["open", "closed"]);
    expect(scene.rows.size).toBe(0);
    expect((await scene.replica().admit()).until()).toBeNull();
  });

  it("does not open for what may pass by itself", async () => {
    const scene = aScene();
    scene.answerWith(BUSY);
    const model = (await scene.replica().admit()).guard(scene.model);

    for (let at = 0; at < 3; at++) await model.complete(ASKED);

    expect(scene.calls).toHaveLength(3);
    expect(scene.notices).toEqual([]);
  });
});

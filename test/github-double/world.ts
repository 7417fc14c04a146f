// The one mutable world behind a running stand-in, and the ways to look things up in it.
import type { AccessToken, App, Installation, Repository, User } from "./state.ts";

export interface World {
  readonly apiUrl: string;
  readonly htmlUrl: string;
  readonly app: App;
  readonly webhookSecret: string;
  /** Added to the real time everywhere, so that a test can expire tokens or skew the clocks. */
  readonly clock: { offsetMs: number };
  readonly installations: Map<number, Installation>;
  readonly repositories: Repository[];
  /** Former full names (lower case) of renamed repositories. */
  readonly formerNames: Map<string, number>;
  readonly tokens: Map<string, AccessToken>;
  readonly deliveries: Delivery[];
  readonly userIds: Map<string, number>;
  readonly ids: { next: number };
}

export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly payload: unknown;
  readonly redelivery: boolean;
  readonly deliveredAt: string;
  readonly durationSeconds: number;
  readonly status: string;
  readonly statusCode: number;
}

/** The address is only known once the server listens, so it is filled in later. */
export function createWorld(
  app: App,
  webhookSecret: string,
): { world: World; listenAt: (port: number) => void } {
  const address = { host: "" };
  const world: World = {
    get apiUrl() {
      return `http://${address.host}/api/v3`;
    },
    get htmlUrl() {
      return `http://${address.host}`;
    },
    app,
    webhookSecret,
    clock: { offsetMs: 0 },
    installations: new Map(),
    repositories: [],
    formerNames: new Map(),
    tokens: new Map(),
    deliveries: [],
    userIds: new Map(),
    ids: { next: 1000 },
  };
  return { world, listenAt: (port) => void (address.host = `127.0.0.1:${port}`) };
}

/** One counter for all kinds of objects, so that a review id mistaken for a comment id finds nothing. */
export function nextId(world: World): number {
  world.ids.next += 1;
  return world.ids.next;
}

export function now(world: World): number {
  return Date.now() + world.clock.offsetMs;
}

export function timestamp(world: World): string {
  return isoSeconds(now(world));
}

/** GitHub's timestamps have no fraction of a second. */
export function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export function botUser(world: World): User {
  return { login: `${world.app.slug}[bot]`, type: "Bot" };
}

export function userId(world: World, login: string): number {
  const known = world.userIds.get(login);
  if (known !== undefined) return known;
  const id = nextId(world);
  world.userIds.set(login, id);
  return id;
}

/** GitHub matches owner and name without regard to case. */
export function repositoryNamed(world: World, fullName: string): Repository | undefined {
  const wanted = fullName.toLowerCase();
  return world.repositories.find((repository) => repository.fullName.toLowerCase() === wanted);
}

/** For tests, which name installations that they have made. */
export function installationNumbered(world: World, id: number): Installation {
  const installation = world.installations.get(id);
  if (!installation) throw new Error(`no installation ${id}`);
  return installation;
}

export function repositoryWithId(world: World, id: number): Repository | undefined {
  return world.repositories.find((repository) => repository.id === id);
}

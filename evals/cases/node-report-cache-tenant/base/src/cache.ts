import type { Redis } from "ioredis";

/** One Redis for the whole product; keys are shared by all tenants. */
export class Cache {
  constructor(private readonly redis: Redis) {}

  async through<T>(key: string, seconds: number, load: () => Promise<T>): Promise<T> {
    const cached = await this.redis.get(key);
    if (cached !== null) return JSON.parse(cached) as T;
    const value = await load();
    await this.redis.set(key, JSON.stringify(value), "EX", seconds);
    return value;
  }

  async drop(key: string): Promise<void> {
    await this.redis.del(key);
  }
}

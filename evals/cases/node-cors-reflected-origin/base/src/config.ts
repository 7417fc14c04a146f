export interface AppConfig {
  readonly port: number;
  readonly webOrigin: string;
  readonly sessionSecret: string;
}

export function readConfig(env: NodeJS.ProcessEnv): AppConfig {
  const need = (name: string): string => {
    const value = env[name];
    if (!value) throw new Error(`${name} is not set`);
    return value;
  };
  return {
    port: Number(env["PORT"] ?? 8080),
    webOrigin: need("WEB_ORIGIN"),
    sessionSecret: need("SESSION_SECRET"),
  };
}

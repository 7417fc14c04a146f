/** Lets the command line of the same machine see the jobs of a server whose store nobody else can open. */
import { join } from "node:path";
import type { Logger } from "pino";
import { messageOf } from "./domain/errors.ts";
import { CONTROL_SOCKET, type ControlServer, openControlServer } from "./http/control-server.ts";
import { jobDesk } from "./queue/job-list.ts";
import type { Store } from "./queue/store.ts";

const NOTHING: ControlServer = { close: async () => undefined };

/** Never rejects: a server without it reviews as well. A PostgreSQL needs none. */
export async function openJobControl(store: Store, dataDir: string, log: Logger): Promise<ControlServer> {
  if (store.kind !== "embedded") return NOTHING;
  if (process.platform === "win32") {
    log.debug("no control socket on Windows");
    return NOTHING;
  }
  try {
    return await openControlServer(join(dataDir, CONTROL_SOCKET), jobDesk(store.database));
  } catch (error) {
    log.warn(
      { reason: messageOf(error) },
      "no control socket: plumbline jobs works while the server is stopped",
    );
    return NOTHING;
  }
}

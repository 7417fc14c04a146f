// A process and those that it started, as Linux sees them; elsewhere nothing is known of them.
import { readFileSync } from "node:fs";

export interface ProcessUse {
  readonly pid: number;
  readonly command: string;
  readonly residentBytes: number;
  /** The most that it has ever held, or since its count was reset. */
  readonly peakBytes: number;
  readonly cpuSeconds: number;
}

/** `USER_HZ`, the unit of /proc/PID/stat: 100 on every Linux platform that Node runs on. */
const TICKS_PER_SECOND = 100;

/** The process itself first. Empty when it has ended, or where there is no /proc. */
export function processTree(pid: number): readonly ProcessUse[] {
  const use = useOf(pid);
  return use === null ? [] : [use, ...childrenOf(pid).flatMap(processTree)];
}

function useOf(pid: number): ProcessUse | null {
  const status = contentOf(`/proc/${pid}/status`);
  const stat = contentOf(`/proc/${pid}/stat`);
  if (status === null || stat === null) return null;
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? 0) * 1024;
  // The name of the command stands in brackets and may hold spaces; user and system time are fields 14 and 15.
  const fields = stat.split(") ").at(-1)?.split(" ") ?? [];
  return {
    pid,
    command: (contentOf(`/proc/${pid}/cmdline`) ?? "").replaceAll("\0", " ").trim(),
    residentBytes: bytes("VmRSS"),
    peakBytes: bytes("VmHWM"),
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
  };
}

/** Those that its main thread has started, which is all of them here. */
function childrenOf(pid: number): readonly number[] {
  const text = contentOf(`/proc/${pid}/task/${pid}/children`) ?? "";
  return text
    .split(" ")
    .filter((id) => id.trim() !== "")
    .map(Number);
}

/** Null when the process is gone: it may end while it is looked at. */
function contentOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

/** Which changed files have nothing for a reviewer to read, told from their path and patch. */
import picomatch from "picomatch";
import type { FileDiff } from "./diff.ts";

interface Kind {
  readonly reason: string;
  readonly globs: readonly string[];
}

const KINDS: readonly Kind[] = [
  {
    reason: "lock file",
    globs: [
      "**/{package-lock,npm-shrinkwrap}.json",
      "**/{yarn,pnpm-lock,bun}.{lock,lockb,yaml}",
      "**/{Cargo,Gemfile,Pipfile,poetry,composer,uv,mix,flake,pubspec,Podfile,pdm}.lock",
      "**/{go,go.work}.sum",
      "**/gradle.lockfile",
      "**/packages.lock.json",
    ],
  },
  {
    reason: "generated code",
    globs: [
      "**/*.{pb,pb.gw}.go",
      "**/*_pb2{,_grpc}.{py,pyi}",
      "**/*_{pb,grpc_pb}.{js,ts,d.ts}",
      "**/*.pb.{cc,h,rs,swift}",
      "**/*.{g,freezed}.dart",
      "**/*.{g,designer}.cs",
      "**/{__generated__,generated}/**",
      "**/*.{generated,gen}.*",
      "**/zz_generated.*",
      "**/*_generated.{go,rs,py}",
    ],
  },
  {
    reason: "vendored code",
    globs: ["**/{node_modules,bower_components,third_party}/**", "vendor/**", "**/Godeps/**"],
  },
  { reason: "build output", globs: ["**/*.min.{js,css,mjs}", "**/*.{js,css,mjs}.map", "**/*.bundle.js"] },
  { reason: "test snapshot", globs: ["**/__snapshots__/**", "**/*.{snap,ambr}"] },
];

const MATCHERS = KINDS.map((kind) => ({
  reason: kind.reason,
  matches: picomatch([...kind.globs], { dot: true, nocase: true }),
}));

/** Why this file needs no review by its nature, or null when it does. */
export function natureOf(file: FileDiff): string | null {
  if (file.patch.kind === "none" && isEmptyByNature(file)) return file.patch.detail;
  return MATCHERS.find((kind) => kind.matches(file.path))?.reason ?? null;
}

function isEmptyByNature(file: FileDiff): boolean {
  if (file.patch.kind !== "none") return false;
  return file.patch.reason !== "too-large" && file.patch.reason !== "unusable";
}

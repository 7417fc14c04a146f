/** The rules for dependencies: what each says. */
import type { Rule } from "./rule-finding.ts";

export const DEPENDENCY_RULES = {
  "dependency-install-script": {
    pass: "security",
    severity: "suggestion",
    title: "New package runs a script when it is installed",
    why: "The script runs on every developer's machine and in CI with their rights, before anybody has read it.",
    fix: "Read the script. Install with scripts switched off and allow it for this package alone, or choose a package without one.",
  },
  "dependency-own-install-script": {
    pass: "security",
    severity: "suggestion",
    title: "Install script added or changed",
    why: "It runs on every machine that installs the package, in CI with its secrets.",
    fix: "Run it as a step of the build that somebody calls, if it need not run at every installation.",
  },
  "dependency-outside-registry": {
    pass: "security",
    severity: "suggestion",
    title: "Dependency from outside the registry",
    why: "What is at the address can change or vanish without a new version, and the registry's checks (immutable versions, reports of malware) do not cover it.",
    fix: "Use the published package, or fix the exact commit or hash and keep a copy.",
  },
  "dependency-range-opened": {
    pass: "security",
    severity: "suggestion",
    title: "Version range opened",
    why: "The next installation without the lock file takes any newer version, breaking or hostile ones included.",
    fix: "Give an upper bound or the exact version, and let a bot raise it.",
  },
  "dependency-look-alike": {
    pass: "security",
    severity: "suggestion",
    title: "Name one letter away from a very popular package",
    why: "Packages with such names are published to be installed by mistake, and run their code at installation.",
    fix: "Check the name letter by letter, and who publishes it.",
  },
  "dependency-major-downgraded": {
    pass: "correctness",
    severity: "suggestion",
    title: "Major version lowered",
    why: "The older major has another interface and no longer gets every security fix; a merge that took the wrong side looks like this.",
    fix: "Go back to the newer major, or say in the change why the older one is needed.",
  },
  "dependency-known-vulnerable": {
    pass: "security",
    severity: "suggestion",
    title: "Version with known vulnerabilities",
    why: "Whether they can be reached from here is for you to judge; scanners and attackers find them by the version.",
    fix: "Take the first version in which they are fixed; the advisories name it.",
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type DependencyRuleId = keyof typeof DEPENDENCY_RULES;

/** Which changed files are to be read first when not all of them can be: the likely cost of an overlooked defect, as a number. */
import picomatch from "picomatch";
import type { FileDiff, Hunk } from "./diff.ts";

/**
 * What kind of text it is: a defect in code runs, one in a document is read. The first row that matches decides. Case
 * matters, for `Latest.java` is no test.
 */
const TEXTS: readonly { readonly points: number; readonly globs: readonly string[] }[] = [
  {
    // What builds, ships and runs the rest: a change here acts with more rights than the code does.
    points: 45,
    globs: [
      "**/.github/{workflows,actions}/**",
      "**/{.gitlab-ci,azure-pipelines,bitbucket-pipelines,cloudbuild,buildspec,appveyor,.drone,.travis}.{yml,yaml}",
      "**/{.circleci,.buildkite,.husky,.git-hooks,terraform,k8s,kubernetes,helm,charts,ansible}/**",
      "**/{Jenkinsfile,Dockerfile,Containerfile,Makefile,Procfile,Caddyfile}*",
      "**/*.{dockerfile,tf,tfvars,hcl,bicep}",
      "**/{docker-,}compose*.{yml,yaml}",
      "**/nginx*.conf",
      "**/{setup.py,conftest.py,build.rs,build.gradle,build.gradle.kts,pom.xml,package.json,CODEOWNERS}",
      "**/{requirements*.txt,go.mod,Cargo.toml,Gemfile,pyproject.toml,*.csproj}",
    ],
  },
  {
    points: 10,
    globs: [
      "**/{test,tests,Test,Tests,__tests__,spec,specs,testdata,fixtures,__mocks__,e2e,cypress}/**",
      "**/*{_test,_spec,.test,.spec,.stories,.e2e}.*",
      "**/test_*.py",
      "**/*{Test,Tests,Spec}.{java,kt,scala,cs,swift,php}",
    ],
  },
  {
    points: 5,
    globs: [
      "**/*.{md,mdx,rst,adoc,txt,tex}",
      "**/{docs,doc,licenses}/**",
      "**/{LICENSE,NOTICE,CHANGELOG,AUTHORS}*",
    ],
  },
  {
    points: 40,
    globs: [
      "**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs,py,pyi,go,rs,java,kt,kts,scala,groovy,cs,vb,fs,fsx,swift,m,mm,dart}",
      "**/*.{rb,rake,erb,php,phtml,pl,pm,lua,r,jl,ex,exs,erl,hs,elm,clj,cljs,c,h,cc,cpp,cxx,hpp,hh,asm,s,zig,nim,v}",
      "**/*.{sh,bash,zsh,fish,ps1,bat,cmd,sql,vue,svelte,astro,sol,proto,graphql,gql,prisma,ejs,hbs,jinja,j2,jsp,cshtml,razor}",
    ],
  },
  {
    points: 20,
    globs: [
      "**/*.{json,jsonc,json5,yaml,yml,toml,ini,cfg,conf,env,properties,xml,plist,html,css,scss,less}",
      "**/.env*",
    ],
  },
];
const OTHER_TEXT_POINTS = 15;

/** Words of a path or of code that stand where a defect is an incident. */
const SENSITIVE: ReadonlySet<string> = new Set(
  `access account acl admin apikey auth authenticate authentication authorization authorize authz billing callback cert
  certificate charge checkout cipher cookie cors credential credentials crypto csp csrf decrypt deserialize deserializer
  download encrypt encryption eval exec execute guard hash hmac iam identity impersonate invoice jwt key keys keystore
  ledger login logout mfa middleware migrate migration migrations oauth oidc order otp passwd password passwords payment
  payments payout permission permissions pickle policies policy price privilege proxy query rbac redirect refund role
  roles saml sandbox sanitize sanitizer scope secret secrets security serialize session sessions shell sign signature
  spawn sql sso subprocess tenant tenants token tokens tls transaction transfer unserialize upload uploads user users
  validate validator verify wallet webhook webhooks xml yaml`.split(/\s+/),
);
const SENSITIVE_POINTS = 30;
/** One more of these words tells little more. */
const FURTHER_WORD_POINTS = 5;
const MOST_FURTHER_WORDS = 4;

const TEXT_MATCHERS = TEXTS.map(({ points, globs }) => ({
  points,
  matches: picomatch([...globs], { dot: true }),
}));

/** The higher, the sooner it is read. Path and counts alone: the cost does not grow with the size of the change. */
export function riskOf(file: FileDiff): number {
  const text = TEXT_MATCHERS.find(({ matches }) => matches(file.path))?.points ?? OTHER_TEXT_POINTS;
  return text + sensitivity(wordsOf(file.path)) + sizePoints(file.additions, file.deletions);
}

/** The riskiest first; equals stay as they were. */
export function byRisk(files: readonly FileDiff[]): readonly FileDiff[] {
  return files
    .map((file) => ({ file, risk: riskOf(file) }))
    .toSorted((a, b) => b.risk - a.risk)
    .map(({ file }) => file);
}

/** Lines of one hunk that are looked at for words, and characters of one line. */
const MOST_LINES = 100;
const MOST_LINE_CHARACTERS = 200;

/** The same question for the hunks of one file, which share its path: what they add, and the words in it. */
export function riskOfHunk(hunk: Hunk): number {
  const added = hunk.lines.filter((line) => line.kind === "added");
  const deleted = hunk.lines.filter((line) => line.kind === "deleted").length;
  const words = new Set(wordsOf(hunk.section));
  for (const line of added.slice(0, MOST_LINES)) {
    for (const word of wordsOf(line.text.slice(0, MOST_LINE_CHARACTERS))) words.add(word);
  }
  return sensitivity(words) + sizePoints(added.length, deleted);
}

/** On a scale by doubling, because ten times the lines are not ten times the risk; what only goes away counts least. */
function sizePoints(additions: number, deletions: number): number {
  return Math.min(30, 3 * Math.log2(1 + additions)) + Math.min(8, 0.75 * Math.log2(1 + deletions));
}

function sensitivity(words: Iterable<string>): number {
  const found = [...new Set(words)].filter((word) => SENSITIVE.has(word)).length;
  if (found === 0) return 0;
  return SENSITIVE_POINTS + FURTHER_WORD_POINTS * Math.min(MOST_FURTHER_WORDS, found - 1);
}

/** `src/authHandler/user-session.ts` → src, auth, handler, user, session, ts. */
function wordsOf(text: string): readonly string[] {
  return (text.replace(/(?<=[a-z0-9])(?=[A-Z])/g, " ").match(/[A-Za-z]{3,}/g) ?? []).map((word) =>
    word.toLowerCase(),
  );
}

/** What a path alone says about a file that nobody wrote by hand: one table, one row for each kind of thing. */
import picomatch from "picomatch";

export type PathKind =
  | "lock file"
  | "generated code"
  | "vendored code"
  | "build output"
  | "test snapshot"
  | "likely generated";

interface Row {
  readonly kind: PathKind;
  /** For people who read the table: whose convention it is. */
  readonly of: string;
  readonly globs: readonly string[];
}

/**
 * The first row that matches decides. Names are those of the tools' own
 * documentation, to the letter: `Pods/` holds others' code, `pods/` is somebody's own.
 */
const ROWS: readonly Row[] = [
  {
    kind: "lock file",
    of: "JavaScript",
    globs: [
      "**/{package-lock,npm-shrinkwrap}.json",
      "**/{yarn.lock,pnpm-lock.yaml,bun.lock,bun.lockb,deno.lock}",
      "**/.pnp.{cjs,loader.mjs}",
    ],
  },
  {
    kind: "lock file",
    of: "Python",
    globs: ["**/{Pipfile,poetry,uv,pdm,pixi}.lock", "**/pylock.toml", "**/conda-lock.yml"],
  },
  { kind: "lock file", of: "Go", globs: ["**/{go,go.work}.sum", "**/Gopkg.lock", "**/glide.lock"] },
  { kind: "lock file", of: "JVM", globs: ["**/gradle.lockfile", "**/buildscript-gradle.lockfile"] },
  { kind: "lock file", of: ".NET", globs: ["**/packages.lock.json", "**/paket.lock"] },
  {
    kind: "lock file",
    of: "Swift and Objective-C",
    globs: ["**/Package.resolved", "**/{Podfile,Cartfile}.lock", "**/Cartfile.resolved"],
  },
  {
    kind: "lock file",
    of: "others",
    globs: [
      "**/{Cargo,Gemfile,gems,composer,symfony,mix,rebar,flake,pubspec,conan,elm-git,shard,Chart,devbox,stack.yaml}.lock",
      "**/{gems.locked,cabal.project.freeze,.terraform.lock.hcl,MODULE.bazel.lock,vcpkg-lock.json}",
    ],
  },
  {
    kind: "generated code",
    of: "Protocol Buffers, gRPC, Thrift, FlatBuffers",
    globs: [
      "**/*.{pb,pb.gw,pb.validate,pulsar,connect}.go",
      "**/*_pb2{,_grpc}.{py,pyi}",
      "**/*_{pb,grpc_pb}.{js,ts,d.ts}",
      "**/*_pb_service.{js,ts,d.ts}",
      "**/*.pb.{cc,h,rs,swift,dart,c}",
      "**/*.{pbenum,pbgrpc,pbjson,pbserver}.dart",
      "**/*.grpc.{pb.cc,pb.h,swift}",
      "**/*OuterClass.java",
      "**/*GrpcKt.kt",
      "**/*_{pb,services_pb}.rb",
      "**/gen-{java,py,go,js,nodejs,php,rb,cpp,csharp,netstd,swift,perl,erl}/**",
      "**/*_generated.{h,rs,go}",
    ],
  },
  {
    kind: "generated code",
    of: "Go",
    globs: [
      "**/zz_generated.*",
      "**/*.gen.go",
      "**/wire_gen.go",
      "**/bindata.go",
      "**/*_easyjson.go",
      "**/*_{enumer,mockgen}.go",
    ],
  },
  {
    kind: "generated code",
    of: "JavaScript and TypeScript",
    globs: [
      "**/__generated__/**",
      "**/*.{generated,gen}.*",
      "**/*.{ngfactory,ngsummary}.ts",
      "**/next-env.d.ts",
    ],
  },
  {
    kind: "generated code",
    of: "Java, Kotlin, Scala",
    globs: [
      "**/{build,target}/{generated,generated-sources,generated-test-sources}/**",
      "**/src_managed/**",
      "**/{Dagger*Component,*_Factory,*_MembersInjector,*_HiltModules}.java",
    ],
  },
  {
    kind: "generated code",
    of: ".NET",
    globs: [
      "**/*.{g,g.i,designer,Designer,Generated}.{cs,vb}",
      "**/Migrations/*ModelSnapshot.cs",
      "**/TemporaryGeneratedFile_*.cs",
    ],
  },
  { kind: "generated code", of: "Rust", globs: ["**/target/*/build/*/out/**"] },
  {
    kind: "generated code",
    of: "Dart",
    globs: ["**/*.{g,freezed,gr,mocks,chopper,reflectable}.dart", "**/generated_plugin_registrant.*"],
  },
  {
    kind: "generated code",
    of: "Swift",
    globs: ["**/*.xcworkspace/contents.xcworkspacedata", "**/DerivedSources/**"],
  },
  {
    kind: "generated code",
    of: "Ruby",
    globs: ["db/schema.rb", "**/db/{structure.sql,schema.rb}", "**/sorbet/rbi/{gems,dsl,annotations}/**"],
  },
  {
    kind: "generated code",
    of: "PHP",
    globs: [
      "**/_ide_helper{,_models}.php",
      "**/.phpstorm.meta.php",
      "**/bootstrap/cache/*.php",
      "**/var/cache/**/*.php",
    ],
  },
  {
    kind: "generated code",
    of: "C and C++",
    globs: ["**/{moc,qrc}_*.cpp", "**/lex.yy.{c,cc}", "**/*.tab.{c,cc,cpp,h,hpp}"],
  },
  { kind: "generated code", of: "Python", globs: ["**/*.egg-info/**", "**/*_autogen.py"] },
  {
    kind: "vendored code",
    of: "others' code, kept beside one's own",
    globs: [
      "**/{node_modules,bower_components,jspm_packages,third_party,third-party,3rdparty}/**",
      "vendor/**",
      "**/vendor/{bundle,cache,assets,github.com,golang.org,gopkg.in,k8s.io,composer}/**",
      "**/Godeps/**",
      "**/{Pods,Carthage}/**",
      "**/.yarn/{releases,plugins,cache,sdks}/**",
      "**/site-packages/**",
    ],
  },
  {
    kind: "build output",
    of: "bundlers",
    globs: [
      "**/*.min.{js,css,mjs,cjs}",
      "**/*.{js,css,mjs,cjs}.map",
      "**/*.bundle.{js,css}",
      "**/*.chunk.{js,css}",
      "**/*.tsbuildinfo",
    ],
  },
  {
    kind: "test snapshot",
    of: "test runners",
    globs: [
      "**/__snapshots__/**",
      "**/*.{snap,ambr,snapshot}",
      "**/__image_snapshots__/**",
      "**/*.{approved,verified}.txt",
    ],
  },
  {
    // A name that people give to hand-written files too: it counts only together with a header that says so.
    kind: "likely generated",
    of: "folders and names",
    globs: [
      "**/{generated,gen,autogen,codegen,auto_generated,_generated,autogenerated}/**",
      "**/{mocks,mock,sdk,client,clients,stubs,bindings,openapi,swagger,graphql,proto,prisma,sqlc,ent,migrations}/**",
      "**/{mock_*,*_mock,*_mocks,*_gen,*_string,*.sql,models,querier,db,batch}.go",
      "**/*{Grpc,_Impl,MapperImpl,BuildConfig}.java",
      "**/*_connect.{js,ts}",
      "**/*.config.dart",
      "**/ui_*.{h,py}",
      "**/{*bindings*,schema}.{rs,ts,py,go}",
      "**/*{generated,gen,Generated}*.*",
    ],
  },
];

const MATCHERS = ROWS.map(({ kind, globs }) => ({
  kind,
  matches: picomatch([...globs], { dot: true }),
}));

export function kindOfPath(path: string): PathKind | null {
  return MATCHERS.find(({ matches }) => matches(path))?.kind ?? null;
}

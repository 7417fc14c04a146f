import { describe, expect, it } from "vitest";
import { type FileFacts, NO_FACTS, natureOf } from "../../src/domain/file-kind.ts";
import { hasGeneratedHeader } from "../../src/domain/generated-header.ts";
import { aDiff, aFileWith, aNewFile } from "../builders.ts";

const natureOfPath = (path: string) => natureOf(aDiff(undefined, { path }), NO_FACTS);

describe("by its path alone", () => {
  const TABLE: Readonly<Record<string, readonly string[]>> = {
    "lock file": [
      "package-lock.json",
      "web/npm-shrinkwrap.json",
      "yarn.lock",
      "a/b/pnpm-lock.yaml",
      "bun.lockb",
      "bun.lock",
      "deno.lock",
      "Pipfile.lock",
      "poetry.lock",
      "uv.lock",
      "pdm.lock",
      "go.sum",
      "go.work.sum",
      "Cargo.lock",
      "Gemfile.lock",
      "composer.lock",
      "x/gradle.lockfile",
      "src/App/packages.lock.json",
      "paket.lock",
      "Package.resolved",
      "ios/Podfile.lock",
      "Cartfile.resolved",
      "mix.lock",
      "rebar.lock",
      "flake.lock",
      "pubspec.lock",
      ".terraform.lock.hcl",
      "MODULE.bazel.lock",
      "charts/app/Chart.lock",
      "conan.lock",
      "stack.yaml.lock",
      "cabal.project.freeze",
      "shard.lock",
    ],
    "generated code": [
      "api/v1/user.pb.go",
      "api/user.pb.gw.go",
      "svc/user_pb2_grpc.py",
      "svc/user_pb2.pyi",
      "web/user_pb.d.ts",
      "user.pb.cc",
      "user.pbgrpc.dart",
      "proto/UserOuterClass.java",
      "gen-java/User.java",
      "flat_generated.h",
      "deploy/zz_generated.deepcopy.go",
      "cmd/wire_gen.go",
      "model_easyjson.go",
      "web/__generated__/types.ts",
      "src/schema.gen.ts",
      "src/api.generated.tsx",
      "app.ngfactory.ts",
      "build/generated/source/kapt/X.java",
      "app/target/generated-sources/X.java",
      "project/target/src_managed/X.scala",
      "DaggerAppComponent.java",
      "User_Factory.java",
      "View.g.cs",
      "Form.Designer.cs",
      "Data/Migrations/AppModelSnapshot.cs",
      "user.g.dart",
      "user.freezed.dart",
      "api.mocks.dart",
      "Assets.generated.swift",
      "db/schema.rb",
      "db/structure.sql",
      "sorbet/rbi/gems/x.rbi",
      "_ide_helper.php",
      "bootstrap/cache/services.php",
      "moc_window.cpp",
      "parser.tab.c",
      "lex.yy.c",
      "x.egg-info/PKG-INFO",
      "user_pb.rb",
      "lib/x.pb.swift",
    ],
    "vendored code": [
      "vendor/github.com/x/y.go",
      "a/node_modules/b/index.js",
      "third_party/zlib/inflate.c",
      "bower_components/x.js",
      "ios/Pods/Alamofire/x.swift",
      ".yarn/releases/yarn-4.cjs",
      "svc/vendor/github.com/x.go",
      "env/lib/site-packages/x.py",
      "Godeps/_workspace/x.go",
    ],
    "build output": [
      "dist/app.min.js",
      "static/app.js.map",
      "app.bundle.js",
      "main.chunk.css",
      "x.tsbuildinfo",
    ],
    "test snapshot": ["test/__snapshots__/a.snap", ".hidden/deep.snap", "t/x.ambr", "X.approved.txt"],
  };
  it.each(Object.entries(TABLE).flatMap(([kind, paths]) => paths.map((path) => [path, kind])))(
    "%s is %s",
    (path, kind) => {
      expect(natureOfPath(path)).toBe(kind);
    },
  );

  it.each([
    "package.json",
    "src/lock.ts",
    "src/lock/manager.ts",
    "src/package-lock.ts",
    "locks/Cargo.locked",
    "yarn.lock.md",
    "go.summary",
    "lock.json",
    "src/generator.ts",
    "src/generated.ts",
    "src/generated-report.ts",
    "generated/report.ts",
    "src/gen/token.ts",
    "src/generated_at.py",
    "pb.go",
    "user.pbx.go",
    "src/designer.cs",
    "src/g.dart",
    "OrderServiceImpl.java",
    "UserFactory.java",
    "UserMapperImpl.java",
    "ClientGrpc.java",
    "db_connect.js",
    "app.config.dart",
    "ui_helpers.h",
    "mocks/user.ts",
    "schema.rb",
    "src/schema.rb",
    "db/migrate/001_schema.rb",
    "configure",
    "config.guess",
    "src/vendor.ts",
    "vendors/own.ts",
    "app/vendor/own-code.ts",
    "src/vendor/index.ts",
    "pods/list.ts",
    "third_parties/a.ts",
    "src/minjs",
    "src/admin.js",
    "src/min.js",
    "mapping.js.mapper",
    "roadmap.md",
    "bundle.js",
    "src/snap.ts",
    "snapshots/take.ts",
    "approved.txt",
    "src/user_generated.py",
  ])("%s is code to read", (path) => {
    expect(natureOfPath(path)).toBeNull();
  });
});

describe("by the word of the maintainers", () => {
  const marked = (path: string, marks: Partial<FileFacts["marks"]>) =>
    natureOf(aDiff(undefined, { path }), { ...NO_FACTS, marks: { ...NO_FACTS.marks, ...marks } });

  it.each<[path: string, marks: Partial<FileFacts["marks"]>, nature: string | null]>([
    ["src/a.ts", { generated: "set" }, "generated code (linguist-generated in .gitattributes)"],
    ["src/a.ts", { vendored: "set" }, "vendored code (linguist-vendored in .gitattributes)"],
    ["src/a.ts", { generated: "unset", vendored: "unset" }, null],
    ["api/user.pb.go", { generated: "unset" }, null],
    ["api/user.pb.go", { vendored: "unset" }, "generated code"],
    ["vendor/x.go", { vendored: "unset" }, null],
    ["vendor/x.go", { generated: "unset" }, "vendored code"],
    ["go.sum", { generated: "unset", vendored: "unset" }, "lock file"],
  ])("%s with %j: %s", (path, marks, nature) => {
    expect(marked(path, marks)).toBe(nature);
  });
});

describe("by what it is in the tree", () => {
  it.each([
    ["symlink", "symbolic link"],
    ["submodule", "submodule pointer"],
    ["file", null],
    ["unknown", null],
  ] as const)("%s: %s", (entry, nature) => {
    expect(natureOf(aDiff(), { ...NO_FACTS, entry })).toBe(nature);
  });

  it("a file whose patch is too large is not called anything by that", () => {
    const file = aFileWith({ kind: "none", reason: "too-large", detail: "too large" });

    expect(natureOf(file, NO_FACTS)).toBeNull();
  });
});

const HEADER = "// Code generated by mockgen. DO NOT EDIT.\n\npackage x\n";
const CODE = "package x\n\nfunc steal() {}\n";

describe("a header hides code only where it could not be put to hide it", () => {
  const facts = (baseText: string | null, headText: string | null): FileFacts => ({
    ...NO_FACTS,
    baseText,
    headText,
  });
  const header = "generated code (by its header)";
  const modified = (path: string, given: FileFacts) => natureOf(aDiff(undefined, { path }), given);
  const added = (path: string, text: string, given: FileFacts) =>
    natureOf(aNewFile(path, text.split("\n")), given);

  it("it stood at base as well", () => {
    expect(modified("pkg/x.go", facts(HEADER, HEADER))).toBe(header);
  });

  it.each<[name: string, base: string | null, head: string | null]>([
    ["it came with the change", CODE, HEADER],
    ["it went with the change", HEADER, CODE],
    ["nobody knows whether it stood at base", null, HEADER],
    ["nobody knows whether it stands at head", HEADER, null],
    ["it is nowhere", CODE, CODE],
  ])("else it is read: %s", (_, base, head) => {
    expect(modified("pkg/gen/x.go", facts(base, head))).toBeNull();
  });

  it("a new file with a usual name for generated code", () => {
    expect(added("pkg/mocks/x.go", HEADER, NO_FACTS)).toBe(header);
    expect(added("pkg/mocks/x.go", "x", facts(null, HEADER))).toBe(header);
  });

  it("a new file with any other name is read", () => {
    expect(added("pkg/auth/x.go", HEADER, NO_FACTS)).toBeNull();
  });

  it("a new file with such a name and no header is read", () => {
    expect(added("pkg/gen/x.go", CODE, NO_FACTS)).toBeNull();
  });

  it("a removed file, when it had one", () => {
    const removed = aDiff("@@ -1,2 +0,0 @@\n-a\n-b", { path: "x.go", status: "removed" });

    expect(natureOf(removed, facts(HEADER, null))).toBe(header);
    expect(natureOf(removed, facts(CODE, null))).toBeNull();
  });

  it("not where the maintainers deny it", () => {
    const marks = { generated: "unset", vendored: "unspecified" } as const;

    expect(modified("pkg/x.go", { ...facts(HEADER, HEADER), marks })).toBeNull();
  });
});

describe("a header of a generator", () => {
  it.each([
    ["Go", "// Code generated by protoc-gen-go. DO NOT EDIT.\n// versions:\n\npackage x"],
    ["sqlc", "// Code generated by sqlc. DO NOT EDIT.\n\npackage db"],
    ["behind a build tag", "//go:build linux\n\n// Code generated by stringer; DO NOT EDIT.\n\npackage x"],
    [
      "protoc for Python",
      "# -*- coding: utf-8 -*-\n# Generated by the protocol buffer compiler.  DO NOT EDIT!\nimport x",
    ],
    ["protoc for Java", "// Generated by the protocol buffer compiler.  DO NOT EDIT!\npackage x;"],
    [
      "Thrift",
      "/**\n * Autogenerated by Thrift Compiler (0.19.0)\n *\n * DO NOT EDIT UNLESS YOU ARE SURE\n */\npackage x;",
    ],
    [
      ".NET",
      "//------------------------------------------------------------------------------\n// <auto-generated>\n//     This code was generated by a tool.\n// </auto-generated>\nusing X;",
    ],
    ["@generated", "/**\n * @generated SignedSource<<0123>>\n */\nmodule.exports = {};"],
    ["buf", "// @generated by protoc-gen-es v1.2.0\n/* eslint-disable */"],
    [
      "OpenAPI",
      "/* tslint:disable */\n/**\n * Pets\n * NOTE: This class is auto generated by OpenAPI Generator (https://openapi-generator.tech).\n * Do not edit the class manually.\n */\nexport {};",
    ],
    [
      "OpenAPI for Python",
      '# coding: utf-8\n\n"""\n    Pets\n\n    Generated by: https://openapi-generator.tech\n"""\n',
    ],
    ["swagger", "# Generated by swagger-codegen\nclass X: pass"],
    ["GraphQL", "# Generated by graphql-codegen\nquery X { a }"],
    ["Rust bindgen", "/* automatically generated by rust-bindgen 0.69.4 */\n\npub const X: u32 = 1;"],
    ["Dart", "// GENERATED CODE - DO NOT MODIFY BY HAND\n\npart of 'user.dart';"],
    [
      "Swift",
      "// swiftlint:disable all\n// Generated using SwiftGen — https://github.com/SwiftGen/SwiftGen\n\nimport X",
    ],
    [
      "Ruby",
      "# This file is auto-generated from the current state of the database. Instead of editing this file, please\n# use migrations\nActiveRecord::Schema.define {}",
    ],
    ["PHP", "<?php\n\n/* This file was automatically generated. */\nreturn [];"],
    ["SQL", "-- This file is generated. Do not edit.\nSELECT 1;"],
    ["XML", '<?xml version="1.0"?>\n<!-- This file was generated by the tool, do not edit -->\n<x/>'],
    ["Lisp", ";; This file was automatically generated\n(x)"],
    ["with a byte order mark and CRLF", "\uFEFF// <auto-generated />\r\nusing X;\r\n"],
    ["behind a shebang", "#!/usr/bin/env node\n// This file is auto-generated. Do not edit.\nrun();"],
  ])("%s", (_, text) => {
    expect(hasGeneratedHeader(text)).toBe(true);
  });

  it.each([
    ["below the first line of code", "package x\n// Code generated by x. DO NOT EDIT.\n"],
    ["in a string", 'const HEADER = "// Code generated by x. DO NOT EDIT.";\n'],
    ["behind code on the line of a comment's end", "/* a */ run(); // Code generated by x. DO NOT EDIT."],
    ["behind a comment's end, on a line of its own", "/* a */ run();\n// @generated\n"],
    ["below line 20", `${"// a\n".repeat(20)}// Code generated by x. DO NOT EDIT.\n`],
    ["behind character 300 of its line", `// ${"a".repeat(300)} Code generated by x. DO NOT EDIT.\n`],
    [
      "about a generator",
      "// Generates the client: the files that it writes say that they are its own.\nrun();",
    ],
    ["a remark on reports", "// The generated report is sent by mail every night.\nrun();"],
    ["a remark on the word", "// Looks for @generated in a file.\nrun();"],
    ["a licence", "/*\n * Copyright\n * You may not edit this licence.\n */\nrun();"],
    ["nothing", ""],
    ["one line of 5 MB", "x".repeat(5_000_000)],
  ])("but not %s", (_, text) => {
    expect(hasGeneratedHeader(text)).toBe(false);
  });
});

describe("by the shape of its text", () => {
  const OID = `oid sha256:${"a".repeat(64)}`;
  const VERSION = "version https://git-lfs.github.com/spec/v1";
  const changedPointer = `@@ -1,3 +1,3 @@\n ${VERSION}\n-oid sha256:${"b".repeat(64)}\n-size 10\n+${OID}\n+size 11`;

  it.each<[name: string, file: ReturnType<typeof aDiff>]>([
    ["new", aNewFile("a.psd", [VERSION, OID, "size 10"])],
    ["changed", aDiff(changedPointer, { path: "a.bin" })],
    ["in place of what it points to", aDiff(`@@ -1,1 +1,3 @@\n-the text\n+${VERSION}\n+${OID}\n+size 8`)],
    ["removed", aDiff(`@@ -1,3 +0,0 @@\n-${VERSION}\n-${OID}\n-size 8`, { status: "removed" })],
  ])("a pointer to a large file: %s", (_, file) => {
    expect(natureOf(file, NO_FACTS)).toBe("pointer to a file in Git LFS");
  });

  it.each<[name: string, file: ReturnType<typeof aDiff>]>([
    ["the pointer became code", aDiff(`@@ -1,3 +1 @@\n-${VERSION}\n-${OID}\n-size 8\n+run();`)],
    ["code stands behind it", aNewFile("a.sh", [VERSION, OID, "size 10", "run"])],
    ["it is a part of a file", aDiff(`@@ -7,0 +8,3 @@\n+${VERSION}\n+${OID}\n+size 8`)],
    ["there is no oid", aNewFile("a.sh", [VERSION, "size 10", "size 10"])],
    ["something else stands elsewhere", aDiff(`${changedPointer}\n@@ -9 +9 @@\n-a\n+b`)],
  ])("and none: %s", (_, file) => {
    expect(natureOf(file, NO_FACTS)).toBeNull();
  });

  const HUGE = "a".repeat(501);
  it.each<[name: string, path: string, lines: readonly string[], nature: string | null]>([
    ["one huge line", "web/app.js", [HUGE], "minified code"],
    ["a banner before it", "web/app.css", ["/*! v1.2", " * MIT", " */", "", HUGE], "minified code"],
    ["the rest of what was broken behind it", "web/app.mjs", [HUGE, HUGE, "});"], "minified code"],
    ["a line of 5 MB", "web/app.cjs", ["x".repeat(5_000_000)], "minified code"],
    ["lines that people write", "web/app.js", ["a".repeat(500), "b".repeat(500)], null],
    ["code beside a blob", "web/app.js", [HUGE.repeat(100), "const a = 1;", "run(a);"], null],
    ["code behind the end of a banner", "web/app.js", ["/* a */ run();", "/* b */ run();", HUGE], null],
    ["another kind of file", "web/app.ts", [HUGE], null],
    ["no line at all", "web/app.js", [], null],
  ])("minified code: %s in %s", (_, path, lines, nature) => {
    const file = lines.length === 0 ? aDiff("@@ -1 +0,0 @@\n-x", { path }) : aNewFile(path, lines);

    expect(natureOf(file, NO_FACTS)).toBe(nature);
  });
});

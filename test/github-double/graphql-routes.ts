// The part of GitHub's GraphQL API that reads files of a commit. Whatever is not in the schema below is refused.
import { buildSchema, GraphQLError, graphql } from "graphql";
import { z } from "zod";
import { type Answer, json } from "./answer.ts";
import { seesRepository } from "./app-auth.ts";
import { readBlob, readTree, type TreeEntry } from "./git-directory.ts";
import { readBody } from "./review-rules.ts";
import { bodyObject, type Call, type Route, resolveCommit } from "./route.ts";
import type { Repository } from "./state.ts";
import { repositoryNamed } from "./world.ts";

export const graphqlRoutes: readonly Route[] = [
  { method: "POST", path: "/api/graphql", access: { kind: "token" }, handle: answerQuery },
];

/** Types, names and nullability as in GitHub's public schema; of each type only what is used. */
const SCHEMA = buildSchema(`
  scalar GitObjectID
  interface GitObject { oid: GitObjectID! }
  type Query { repository(owner: String!, name: String!, followRenames: Boolean = true): Repository }
  type Repository { object(expression: String, oid: GitObjectID): GitObject }
  type Commit implements GitObject { oid: GitObjectID! file(path: String!): TreeEntry }
  type Tree implements GitObject { oid: GitObjectID! }
  type TreeEntry { mode: Int! type: String! path: String oid: GitObjectID! object: GitObject }
  type Blob implements GitObject {
    oid: GitObjectID! byteSize: Int! isBinary: Boolean isTruncated: Boolean! text: String
  }
`);

const bodySchema = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).optional(),
  operationName: z.string().nullish(),
});
const MAX_TEXT_BYTES = 512_000;
const SNIFFED_BYTES = 8_000;

/** 200 whatever happens; errors have a `type` beside what the specification of GraphQL asks for. */
async function answerQuery(call: Call): Promise<Answer> {
  const { query, variables } = readBody(bodySchema, bodyObject(call));
  const result = await graphql({
    schema: SCHEMA,
    source: query,
    variableValues: variables ?? null,
    rootValue: {
      repository: ({ owner, name }: { owner: string; name: string }) =>
        repositoryOf(call, `${owner}/${name}`),
    },
  });
  const errors = result.errors?.map(({ message, path, locations, extensions }) => ({
    ...(typeof extensions["type"] === "string" ? { type: extensions["type"] } : {}),
    ...(path === undefined ? {} : { path }),
    locations,
    message,
  }));
  return json(
    200,
    errors === undefined
      ? { data: result.data }
      : { ...("data" in result ? { data: result.data } : {}), errors },
  );
}

function notFound(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type: "NOT_FOUND" } });
}

function repositoryOf(call: Call, fullName: string) {
  const repository = repositoryNamed(call.world, fullName);
  if (
    repository === undefined ||
    call.token === null ||
    !seesRepository(call.world, call.token, repository.id)
  )
    throw notFound(`Could not resolve to a Repository with the name '${fullName}'.`);
  return {
    object: async ({ oid, expression }: { oid?: string; expression?: string }) => {
      if (expression !== undefined) throw new GraphQLError("github-double: only `oid` is played");
      const sha = await resolveCommit(repository, oid ?? "");
      return sha === null ? null : commitOf(repository, sha);
    },
  };
}

function commitOf(repository: Repository, oid: string) {
  return {
    __typename: "Commit",
    oid,
    file: async ({ path }: { path: string }) => {
      const entry = (await readTree(repository.git, oid)).get(path);
      if (entry === undefined) throw notFound(`Could not resolve file for path '${path}'.`);
      return entryOf(repository, entry);
    },
  };
}

function entryOf(repository: Repository, { mode, type, path, sha }: TreeEntry) {
  return {
    mode: Number.parseInt(mode, 8),
    type,
    path,
    oid: sha,
    // Of a submodule, the commit is in another repository.
    object: () => {
      if (type === "blob") return blobOf(repository, sha);
      return type === "tree" ? { __typename: "Tree", oid: sha } : null;
    },
  };
}

async function blobOf(repository: Repository, oid: string) {
  const bytes = await readBlob(repository.git, oid);
  const isBinary = bytes.subarray(0, SNIFFED_BYTES).includes(0);
  return {
    __typename: "Blob",
    oid,
    byteSize: bytes.length,
    isBinary,
    isTruncated: bytes.length > MAX_TEXT_BYTES,
    text: isBinary ? null : bytes.subarray(0, MAX_TEXT_BYTES).toString(),
  };
}

import type { Request } from "express";
import { ArticleStore } from "../articles/store.js";
import { type Author, AuthorStore } from "../authors/store.js";
import { type Viewer, viewerOf } from "../auth/viewer.js";
import { pool } from "../db.js";

export interface Context {
  readonly viewer: Viewer;
  readonly articles: ArticleStore;
  readonly authors: AuthorStore;
}

const articles = new ArticleStore(pool);
const authors = new AuthorStore(pool);

export async function contextOf(request: Request): Promise<Context> {
  return { viewer: await viewerOf(request), articles, authors };
}

export type { Author };

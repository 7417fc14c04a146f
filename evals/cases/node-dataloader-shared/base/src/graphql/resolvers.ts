import type { Context } from "./context.js";

interface CommentRow {
  readonly id: string;
  readonly text: string;
  readonly authorId: string;
}

export const resolvers = {
  Query: {
    article: (_: unknown, { id }: { id: string }, { articles }: Context) => articles.byId(id),
  },
  Article: {
    comments: (article: { id: string }, { first }: { first: number }, { articles }: Context) =>
      articles.commentsOf(article.id, Math.min(Math.max(first, 1), 100)),
  },
  Comment: {
    author: (comment: CommentRow, _: unknown, { authors, viewer }: Context) =>
      authors.byIds([comment.authorId], viewer).then(([author]) => author ?? null),
  },
};

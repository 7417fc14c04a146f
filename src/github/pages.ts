/** A list of GitHub, page by page. Octokit's own paging forgets the signal and the retries that a request is given. */
import { reach } from "./client.ts";

export interface Page<T> {
  readonly rows: readonly T[];
  /** The `Link` header: it alone tells whether there is more, because a page may be short before the end. */
  readonly link: string | undefined;
}

export const PER_PAGE = 100;
/** 10,000 of whatever is listed: far more than there should be, and yet an end. */
export const MOST_PAGES = 100;

/** `read` is given the query of the page that it should read; null is the first one. At most so many pages. */
export async function* eachPage<T>(
  step: string,
  signal: AbortSignal,
  most: number,
  read: (query: URLSearchParams | null) => Promise<Page<T>>,
): AsyncGenerator<readonly T[]> {
  let query: URLSearchParams | null = null;
  for (let count = 0; count < most; count += 1) {
    const asked: URLSearchParams | null = query;
    const { rows, link } = await reach(step, signal, () => read(asked));
    yield rows;
    query = nextQuery(link ?? "");
    if (query === null) return;
  }
}

type ReadNumbered<T> = (place: { readonly per_page: number; readonly page?: number }) => Promise<{
  readonly data: readonly T[];
  readonly headers: { readonly link?: string | undefined };
}>;

/** Everything that is listed, or as much as so many pages hold. */
export function everyRow<T>(step: string, signal: AbortSignal, read: ReadNumbered<T>): Promise<readonly T[]> {
  return allRows(eachNumberedPage(step, signal, read));
}

/** The same page by page, for rows that are large and not kept. */
export function eachNumberedPage<T>(
  step: string,
  signal: AbortSignal,
  read: ReadNumbered<T>,
): AsyncGenerator<readonly T[]> {
  return eachPage(step, signal, MOST_PAGES, async (query) => {
    const next = query === null ? {} : { page: Number(query.get("page")) };
    const { data, headers } = await read({ per_page: PER_PAGE, ...next });
    return { rows: data, link: headers.link };
  });
}

export async function allRows<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const rows: T[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}

function nextQuery(link: string): URLSearchParams | null {
  const url = /<(?<url>[^<>]+)>;\s*rel="next"/.exec(link)?.groups?.["url"];
  return url === undefined ? null : new URL(url).searchParams;
}

/** A store that hangs must not hang whoever asks it: GitHub waits ten seconds for the answer to a webhook. */

/** Rejects when `work` has not come to an end by then; it may still come to one, unheard. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`the store did not answer within ${ms / 1000} s`)),
    ms,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

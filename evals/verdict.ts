/** What is said about one finding, by the judge or by a rough match. */

export type Verdict =
  | {
      readonly kind: "judged";
      /** Index of the golden that the finding names. */
      readonly golden: number | null;
      readonly alsoValid: boolean;
      /** A true defect that a maintainer would want fixed in this pull request. */
      readonly real: boolean;
      readonly reason: string;
    }
  | { readonly kind: "unjudged"; readonly reason: string };

import { describe, expect, it } from "vitest";
import { commentBody } from "../../src/domain/comment-words.ts";
import { acceptReply } from "../../src/domain/finding.ts";
import {
  findingMarker,
  markerKey,
  readFindingMarker,
  readReviewMarker,
  reviewMarker,
} from "../../src/domain/marker.ts";
import { stripInvisible } from "../../src/domain/untrusted-text.ts";
import { aReplyFinding, aReviewFinding, BASE_SHA, HEAD_SHA } from "../builders.ts";

const KEY = markerKey("a secret");
const PLACE = { repositoryId: 7, number: 42 };
const MARK = { runId: "0b0e7f2a-1c", head: HEAD_SHA, base: BASE_SHA, complete: true };
const ID = "0123456789abcdef";

describe("a mark is known again", () => {
  it.each([{ complete: true }, { complete: false }])("of a review, $complete", ({ complete }) => {
    const body = `Words.\n\n${reviewMarker(KEY, PLACE, { ...MARK, complete })}\n`;

    expect(readReviewMarker(KEY, PLACE, body)).toEqual({ ...MARK, complete });
  });

  it("of a finding", () => {
    expect(readFindingMarker(KEY, PLACE, `Words.\n\n${findingMarker(KEY, PLACE, ID)}`)).toBe(ID);
  });

  it("the last genuine one counts, whatever stands before and behind it", () => {
    const older = reviewMarker(KEY, PLACE, { ...MARK, runId: "older" });
    const forged = reviewMarker(markerKey("guess"), PLACE, { ...MARK, runId: "forged" });

    expect(readReviewMarker(KEY, PLACE, older + reviewMarker(KEY, PLACE, MARK) + forged)).toEqual(MARK);
  });

  it("and it is hidden from readers", () => {
    expect(reviewMarker(KEY, PLACE, MARK)).toMatch(/^<!-- [^>]* -->$/);
    expect(findingMarker(KEY, PLACE, ID)).toMatch(/^<!-- [^>]* -->$/);
  });
});

describe("a mark is worth nothing", () => {
  const genuine = reviewMarker(KEY, PLACE, MARK);

  it.each([
    ["under another secret", genuine, markerKey("another"), PLACE],
    ["in another repository", genuine, KEY, { ...PLACE, repositoryId: 8 }],
    ["on another pull request", genuine, KEY, { ...PLACE, number: 43 }],
    ["on a pull request whose numbers read the same", genuine, KEY, { repositoryId: 74, number: 2 }],
    ["with another head", genuine.replace(HEAD_SHA, "3".repeat(40)), KEY, PLACE],
    ["with another run", genuine.replace("0b0e7f2a-1c", "1b0e7f2a-1c"), KEY, PLACE],
    [
      "when an incomplete review is called complete",
      reviewMarker(KEY, PLACE, { ...MARK, complete: false }).replace("complete=no", "complete=yes"),
      KEY,
      PLACE,
    ],
    ["without its seal", genuine.replace(/ mac=\w+/, ""), KEY, PLACE],
    ["with a shorter seal", genuine.replace(/(mac=\w+)\w /, "$1 "), KEY, PLACE],
    ["as a finding's", findingMarker(KEY, PLACE, ID), KEY, PLACE],
    ["when there is none", "Words about <!-- plumbline:review -->", KEY, PLACE],
    ["in an empty body", "", KEY, PLACE],
  ])("%s", (_, body, key, place) => {
    expect(readReviewMarker(key, place, body)).toBeNull();
  });

  it("when a finding's seal is put to another finding", () => {
    const moved = findingMarker(KEY, PLACE, ID).replace(ID, "f".repeat(16));

    expect(readFindingMarker(KEY, PLACE, moved)).toBeNull();
  });

  it("when a review's seal is put to a finding", () => {
    const seal = /mac=\w+/.exec(reviewMarker(KEY, PLACE, MARK))?.[0] ?? "";

    expect(readFindingMarker(KEY, PLACE, `<!-- plumbline:finding ${ID} ${seal} -->`)).toBeNull();
  });

  it.each([
    ["as it is", findingMarker(KEY, PLACE, ID)],
    ["around another comment", findingMarker(KEY, PLACE, ID).replace("<!--", "<!<!-- -->--")],
    ["with invisible characters", findingMarker(KEY, PLACE, ID).replace("<!--", "<\u200B!--")],
  ])("when the model repeats a genuine one in a finding, %s", (_, mark) => {
    const [finding] = acceptReply(
      { findings: [aReplyFinding({ title: mark, why: `a ${mark} b`, fix: mark })] },
      "security",
    ).findings;

    const body = commentBody(aReviewFinding({ ...finding }));

    expect(readFindingMarker(KEY, PLACE, body)).toBeNull();
    expect(readFindingMarker(KEY, PLACE, stripInvisible(mark))).toBeNull();
  });
});

it("the key does not show the secret", () => {
  expect(KEY).toMatch(/^[0-9a-f]{64}$/);
  expect(markerKey("a secret")).toBe(KEY);
  expect(markerKey("a Secret")).not.toBe(KEY);
});

// Reactions, shared by the two kinds of comments.
import { type Answer, json, validationFailed } from "./answer.ts";
import { REACTIONS, reactionJson } from "./review-json.ts";
import { bodyObject, type Call, page } from "./route.ts";
import { append, type PullRequestState } from "./state.ts";
import { botUser, nextId, timestamp } from "./world.ts";

/** 201 for a new reaction, 200 for one this user has already left: a natural idempotent acknowledgement. */
export function addReaction(call: Call, pull: PullRequestState): Answer {
  const user = botUser(call.world);
  const commentId = Number(call.params.comment_id);
  const content = REACTIONS.find((one) => one === bodyObject(call).content);
  if (content === undefined) throw validationFailed("Reaction", "content", "content is not a valid reaction");
  const known = pull.reactions.find(
    (one) => one.comment_id === commentId && one.content === content && one.user.login === user.login,
  );
  if (known) return json(200, reactionJson(call.world, known));
  const reaction = {
    id: nextId(call.world),
    comment_id: commentId,
    content,
    user,
    createdAt: timestamp(call.world),
  };
  return json(201, reactionJson(call.world, append(pull.reactions, reaction)));
}

export function listReactions(call: Call, pull: PullRequestState): Promise<Answer> {
  const own = pull.reactions.filter((one) => one.comment_id === Number(call.params.comment_id));
  const content = call.query.get("content");
  const shown = own.filter((one) => content === null || one.content === content);
  return page(call, shown, (one) => reactionJson(call.world, one));
}

import { pino } from "pino";
import { createApp } from "./app.js";
import { openIndex } from "./search/open-index.js";
import { searchRouter } from "./search/router.js";
import { openSearchLog } from "./search/table.js";

const log = pino();
const searchLog = openSearchLog();
const server = createApp({ search: searchRouter(openIndex(), searchLog) }).listen(8080);
process.once("SIGTERM", () => {
  log.info("stopping");
  server.close();
});

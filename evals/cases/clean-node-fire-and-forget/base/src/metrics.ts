import { Counter } from "prom-client";

export const searches = new Counter({ name: "searches_total", help: "Searches answered" });

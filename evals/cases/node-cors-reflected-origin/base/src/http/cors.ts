import cors from "cors";
import type { RequestHandler } from "express";
import type { AppConfig } from "../config.js";

export function corsPolicy(config: AppConfig): RequestHandler {
  return cors({
    origin: config.webOrigin,
    credentials: true,
    methods: ["GET", "POST"],
  });
}

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Whole-app tests start real processes and databases on machines of any speed.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

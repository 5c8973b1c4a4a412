// OpenAuth's issuer with its own memory store and its own provider of client credentials. Says on standard output where it answers,
// and ends when its standard input does.
import { serve } from "@hono/node-server";
import { issuer } from "@openauthjs/openauth";
import { MemoryStorage } from "@openauthjs/openauth/storage/memory";

const app = issuer({
  storage: MemoryStorage(),
  subjects: { service: { "~standard": { version: 1, vendor: "report", validate: (value) => ({ value }) } } },
  providers: {
    // The shortest provider that knows one client: what a deployment of its own would look up is left out.
    service: {
      type: "service",
      init() {},
      async client({ clientID, clientSecret }) {
        if (clientID !== "service" || clientSecret !== "correct horse") throw new Error("invalid client");
        return { clientID };
      },
    },
  },
  // A subject for each token: its memory store finds the items of one subject by a walk over them.
  success: async (response, value) => response.subject("service", { clientID: value.clientID }, { subject: crypto.randomUUID() }),
});

serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${port}` }));
});
process.stdin.on("end", () => process.exit()).resume();

// Discovery, client credentials (RFC 6749 §4.4) by each way to authenticate, introspection (RFC 7662), and what is refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { generateKeyPair } from "jose";
import * as oauth from "oauth4webapi";
import { audience, issuer, register, registerWithKey } from "./deployment.mjs";
import { libraries, refused } from "./libraries.mjs";

const may = ["--grant", "client_credentials", "--scope", "orders:read orders:write"];
const clients = {
  client_secret_basic: { id: "judged-basic", secret: register("judged-basic", ...may) },
  client_secret_post: { id: "judged-post", secret: register("judged-post", ...may, "--secret-post") },
  private_key_jwt: { id: "judged-key", key: await registerWithKey("judged-key", ...may) },
};

/// RFC 9068 §4, by oauth4webapi as a resource server.
async function opens(token) {
  const as = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer)));
  const request = new Request(`${audience}/orders`, { headers: { authorization: `Bearer ${token}` } });
  return oauth.validateJwtAccessToken(as, request, audience, { signingAlgorithms: ["ES256"] });
}

for (const library of libraries) {
  test(`${library.name} finds the same server by either document`, async () => {
    const found = await Promise.all(["oidc", "oauth2"].map((algorithm) => library.client({ id: "any", method: "none" }, algorithm)));
    assert.deepEqual(found[0].metadata, found[1].metadata);
    assert.equal(found[0].metadata.issuer, issuer);
  });

  for (const [method, client] of Object.entries(clients)) {
    test(`${library.name} gets a token for a service by ${method}`, async () => {
      const service = await library.client({ ...client, method });
      const tokens = await service.service({ scope: "orders:read" });
      assert.equal(tokens.scope, "orders:read");
      assert.equal(tokens.refresh_token, undefined, "RFC 6749 §4.4.3");
      assert.equal((await opens(tokens.access_token)).client_id, client.id);

      const told = await service.introspect(tokens.access_token);
      assert.ok(told.active && told.client_id === client.id && told.scope === "orders:read", JSON.stringify(told));
      assert.equal((await service.introspect("no token")).active, false);

      await refused(service.service({ scope: "orders:read admin" }), "invalid_scope", 400);
      await refused(service.service({ resource: "https://other.example.com" }), "invalid_target", 400);
      await refused(service.refresh(tokens.access_token), "unauthorized_client", 400);
    });

    test(`${library.name} is refused another proof than ${method}`, async () => {
      const stranger = (await generateKeyPair("ES256")).privateKey;
      const proofs = [
        { method, secret: "vcs_wrong", key: stranger },
        { method: "none" },
        ...Object.keys(clients).filter((other) => other !== method).map((other) => ({ method: other, secret: client.secret ?? "x", key: client.key ?? stranger })),
      ];
      for (const proof of proofs) {
        const impostor = await library.client({ id: client.id, ...proof });
        await refused(impostor.service(), "invalid_client", 401);
        await refused(impostor.introspect("no token"), "invalid_client", 401);
      }
    });
  }
}

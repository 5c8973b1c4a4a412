// node-oidc-provider with its own memory store: one confidential client, access tokens as JWTs signed with ES256, refresh tokens that
// rotate. Says on standard output where it answers and which refresh tokens it has issued, and ends when its standard input does.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const resource = "https://api.example.com";
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const server = createServer().listen(0, "127.0.0.1", async () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(url, {
    clients: [
      {
        client_id: "service",
        client_secret: "correct horse",
        grant_types: ["client_credentials", "refresh_token", "authorization_code"],
        redirect_uris: ["https://app.example.com/callback"],
        token_endpoint_auth_method: "client_secret_post",
        id_token_signed_response_alg: "ES256",
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "one", use: "sig", alg: "ES256" }] },
    scopes: ["openid", "offline_access", "orders:read"],
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: "orders:read",
          audience: resource,
          accessTokenFormat: "jwt",
          accessTokenTTL: 300,
          jwt: { sign: { alg: "ES256" } },
        }),
      },
    },
    rotateRefreshToken: true,
    ttl: { RefreshToken: 3600, Grant: 3600, ClientCredentials: 300 },
  });
  const client = await provider.Client.find("service");
  const refreshTokens = [];
  // Its memory store keeps a thousand items: no more sessions than it can hold with what each of them takes.
  for (let number = 0; number < Number(process.argv[2]); number += 1) {
    const grant = new provider.Grant({ accountId: `user${number}`, clientId: "service" });
    grant.addResourceScope(resource, "orders:read");
    const token = new provider.RefreshToken({
      accountId: `user${number}`,
      client,
      grantId: await grant.save(),
      gty: "authorization_code",
      iiat: Math.floor(Date.now() / 1000),
      resource,
      rotations: 0,
      scope: "orders:read",
    });
    refreshTokens.push(await token.save());
  }
  server.on("request", provider.callback());
  console.log(JSON.stringify({ url, refresh_tokens: refreshTokens }));
});
process.stdin.on("end", () => process.exit()).resume();

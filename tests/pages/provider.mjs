// The provider of the pages: whoever comes has an account there, is asked nothing, and goes back at once with a code. What providers do
// badly is for tests/federation. Says its port.

import { generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const given = new Map();

function idToken(claims) {
  const [header, payload] = [{ alg: "ES256", kid: "1" }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  const signature = sign("sha256", Buffer.from(`${header}.${payload}`), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${header}.${payload}.${signature.toString("base64url")}`;
}

const answers = {
  "/.well-known/openid-configuration": () => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
  }),
  "/keys": () => ({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1", alg: "ES256", use: "sig" }] }),
  "/token": (form) => {
    const now = Math.floor(Date.now() / 1000);
    const person = { sub: "ada", email: "ada@work.example.com", email_verified: true };
    const id_token = idToken({ iss: issuer, aud: "an-example", iat: now, exp: now + 300, nonce: given.get(form.get("code")), ...person });
    return { access_token: "for nothing", token_type: "Bearer", expires_in: 300, id_token };
  },
};

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, issuer);
  if (pathname === "/authorize") {
    const code = String(given.size);
    given.set(code, searchParams.get("nonce"));
    const back = new URLSearchParams({ code, state: searchParams.get("state") });
    return response.writeHead(303, { location: `${searchParams.get("redirect_uri")}?${back}` }).end();
  }
  let body = "";
  for await (const part of request) body += part;
  const answer = answers[pathname]?.(new URLSearchParams(body));
  response.writeHead(answer ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(answer ?? {}));
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
console.log(server.address().port);

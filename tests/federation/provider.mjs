// node-oidc-provider on loopback, in which anybody signs in by the name that they type, and which misbehaves as it is told.

import { createServer } from "node:http";
import { exportJWK, generateKeyPair, importJWK, SignJWT, UnsecuredJWT, decodeJwt } from "jose";
import { Provider } from "oidc-provider";

export class Misbehaving {
  // What becomes of its answers; nothing is as it should be.
  manners = {};
  asked = [];

  static async start() {
    const it = new Misbehaving();
    it.server = createServer((request, response) => it.answer(request, response));
    await new Promise((ready) => it.server.listen(0, "127.0.0.1", ready));
    it.issuer = `http://127.0.0.1:${it.server.address().port}`;
    return it;
  }

  async serve(redirectUri, secret) {
    const { privateKey } = await generateKeyPair("ES256", { extractable: true });
    const { privateKey: foreign } = await generateKeyPair("ES256", { extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), kid: "provider-key", use: "sig", alg: "ES256" };
    this.key = await importJWK(jwk, "ES256");
    this.foreign = foreign;
    const provider = new Provider(this.issuer, {
      jwks: { keys: [jwk] },
      clients: [
        {
          client_id: "vestibule",
          client_secret: secret,
          redirect_uris: [redirectUri],
          response_types: ["code"],
          grant_types: ["authorization_code"],
          id_token_signed_response_alg: "ES256",
        },
      ],
      pkce: { required: () => true },
      claims: { openid: ["sub"], email: ["email", "email_verified"] },
      conformIdTokenClaims: !this.claimsInIdToken,
      features: { devInteractions: { enabled: true } },
      cookies: { keys: ["loopback only"] },
      findAccount: (_, id) => ({
        accountId: id,
        claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: !id.startsWith("unverified") }),
      }),
    });
    provider.use(async (context, next) => {
      await next();
      if (context.path === "/token" && context.body?.id_token) {
        context.body.id_token = await this.spoiled(context.body.id_token);
      }
    });
    this.callback = provider.callback();
  }

  async spoiled(token) {
    const { claims, unsigned, foreign } = this.manners;
    if (!claims && !unsigned && !foreign) return token;
    const said = { ...decodeJwt(token), ...claims };
    for (const [name, value] of Object.entries(said)) if (value === null) delete said[name];
    if (unsigned) return new UnsecuredJWT(said).encode();
    const key = foreign ? this.foreign : this.key;
    return new SignJWT(said).setProtectedHeader({ alg: "ES256", kid: "provider-key" }).sign(key);
  }

  answer(request, response) {
    const path = request.url.split("?")[0];
    this.asked.push(path);
    const { down, slow } = this.manners;
    if (down && path === down) return request.socket.destroy();
    if (slow && path === slow) return setTimeout(() => this.callback(request, response), 4000).unref();
    return this.callback(request, response);
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

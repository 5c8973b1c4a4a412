// The same story by two libraries: openid-client as applications use it, and oauth4webapi, which leaves every step to its caller.
// Whatever either of them checks of an answer by itself is checked here: issuer, state, nonce, ID token, sub, at_hash where it is asked for.
import assert from "node:assert/strict";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { issuer } from "./deployment.mjs";

const server = new URL(issuer);

/// How a client of `openid-client` or `oauth4webapi` proves itself; both call it alike.
function proof(library, { method, secret, key }) {
  switch (method) {
    case "client_secret_basic": return library.ClientSecretBasic(secret);
    case "client_secret_post": return library.ClientSecretPost(secret);
    case "private_key_jwt": return library.PrivateKeyJwt(key);
    case "none": return library.None();
  }
}

/// What a client keeps between sending a person away and getting them back.
function kept(library, redirectUri, nonce) {
  const verifier = library.randomPKCECodeVerifier?.() ?? library.generateRandomCodeVerifier();
  const state = library.randomState?.() ?? library.generateRandomState();
  return { redirectUri, verifier, state, nonce: nonce ? (library.randomNonce?.() ?? library.generateRandomNonce()) : undefined };
}

async function parameters(library, { redirectUri, verifier, state, nonce }, more) {
  return {
    redirect_uri: redirectUri,
    code_challenge: await library.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    ...(nonce && { nonce }),
    ...more,
  };
}

export const openidClient = {
  name: "openid-client",
  async client(given, algorithm = "oidc") {
    const configuration = await openid.discovery(server, given.id, given.metadata ?? {}, proof(openid, given), { algorithm });
    return {
      metadata: configuration.serverMetadata(),
      service: (more = {}) => openid.clientCredentialsGrant(configuration, more),
      async begin(redirectUri, more) {
        const keep = kept(openid, redirectUri, more.scope?.includes("openid"));
        return { keep, url: openid.buildAuthorizationUrl(configuration, await parameters(openid, keep, more)) };
      },
      finish: (answer, { verifier, state, nonce }, { maxAge, more } = {}) =>
        openid.authorizationCodeGrant(configuration, answer, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          ...(maxAge !== undefined && { maxAge }),
          idTokenExpected: nonce !== undefined,
        }, more),
      refresh: (token, more) => openid.refreshTokenGrant(configuration, token, more),
      revoke: (token) => openid.tokenRevocation(configuration, token),
      introspect: (token) => openid.tokenIntrospection(configuration, token),
      userinfo: (access, sub) => openid.fetchUserInfo(configuration, access, sub),
      leave: (more) => openid.buildEndSessionUrl(configuration, more),
      claims: (tokens) => tokens.claims(),
    };
  },
};

export const oauth4webapi = {
  name: "oauth4webapi",
  async client(given, algorithm = "oidc") {
    const as = await oauth.processDiscoveryResponse(server, await oauth.discoveryRequest(server, { algorithm }));
    const client = { client_id: given.id, ...given.metadata };
    const proves = proof(oauth, given);
    return {
      metadata: as,
      async service(more = {}) {
        const answer = await oauth.clientCredentialsGrantRequest(as, client, proves, new URLSearchParams(more));
        return oauth.processClientCredentialsResponse(as, client, answer);
      },
      async begin(redirectUri, more) {
        const keep = kept(oauth, redirectUri, more.scope?.includes("openid"));
        const url = new URL(as.authorization_endpoint);
        const asked = { client_id: given.id, response_type: "code", ...(await parameters(oauth, keep, more)) };
        for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
        return { keep, url };
      },
      async finish(answer, { redirectUri, verifier, state, nonce }, { maxAge, more } = {}) {
        const checked = oauth.validateAuthResponse(as, client, answer, state);
        const granted = await oauth.authorizationCodeGrantRequest(as, client, proves, checked, redirectUri, verifier, {
          additionalParameters: more,
        });
        // The signature too, which TLS makes optional for a client (OpenID Connect Core §3.1.3.7).
        const tokens = await oauth.processAuthorizationCodeResponse(as, client, granted, {
          expectedNonce: nonce,
          requireIdToken: nonce !== undefined,
          ...(maxAge !== undefined && { maxAge }),
        });
        if (nonce) await oauth.validateApplicationLevelSignature(as, granted);
        return tokens;
      },
      async refresh(token, more) {
        const answer = await oauth.refreshTokenGrantRequest(as, client, proves, token, { additionalParameters: more });
        return oauth.processRefreshTokenResponse(as, client, answer);
      },
      async revoke(token) {
        return oauth.processRevocationResponse(await oauth.revocationRequest(as, client, proves, token));
      },
      async introspect(token) {
        const answer = await oauth.introspectionRequest(as, client, proves, token);
        return oauth.processIntrospectionResponse(as, client, answer);
      },
      async userinfo(access, sub) {
        return oauth.processUserInfoResponse(as, client, sub, await oauth.userInfoRequest(as, client, access));
      },
      leave(more) {
        const url = new URL(as.end_session_endpoint);
        for (const [name, value] of Object.entries({ client_id: given.id, ...more })) url.searchParams.set(name, value);
        return url;
      },
      claims: (tokens) => oauth.getValidatedIdTokenClaims(tokens),
    };
  },
};

export const libraries = [openidClient, oauth4webapi];

/// The promise is refused by the server, with this error code; what a library makes of a 401's challenge counts as it is.
export async function refused(promise, code, status) {
  await assert.rejects(promise, (error) => {
    const challenged = error.code === "OAUTH_WWW_AUTHENTICATE_CHALLENGE";
    const said = challenged ? error.cause.flatMap(({ parameters }) => parameters?.error ?? []) : [error.error];
    assert.ok(said.includes(code) || (challenged && said.length === 0 && status === 401), `${error.code} ${said}, not ${code}: ${error}`);
    assert.equal(error.status, status, `${error}`);
    return true;
  });
}

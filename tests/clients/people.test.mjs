// The authorization code grant with PKCE from the first request to the logout, by two libraries and every way to authenticate (RFC 6749
// §4.1, RFC 7636, OpenID Connect Core, RP-Initiated Logout), and what each library and the server refuse.
import assert from "node:assert/strict";
import { test } from "node:test";
import { generateKeyPair } from "jose";
import { audience, claims, issuer, register, registerWithKey } from "./deployment.mjs";
import { HttpBrowser, walk } from "./browser.mjs";
import { libraries, refused } from "./libraries.mjs";

const callback = "https://app.example.com/callback";
/// Registered as well, and not where a code was sent that went to the callback.
const loopback = "http://127.0.0.1/callback";
const out = "https://app.example.com/signed-out";
const scope = "openid profile email orders:read";
const how = [
  "--grant", "authorization_code", "--grant", "refresh_token", "--scope", scope,
  "--redirect-uri", callback, "--redirect-uri", loopback, "--post-logout-redirect-uri", out,
];
const clients = {
  client_secret_basic: { id: "people-basic", secret: register("people-basic", ...how) },
  client_secret_post: { id: "people-post", secret: register("people-post", ...how, "--secret-post") },
  private_key_jwt: { id: "people-key", key: await registerWithKey("people-key", ...how) },
  none: { id: "people-public", secret: register("people-public", ...how, "--public") },
};

/// A person who lets the client in; gives what came back and what the client must remember.
async function letIn(client, { browser = new HttpBrowser(), to = callback, decision, ...more } = {}) {
  const { keep, url } = await client.begin(to, { scope, ...more });
  return { ...(await walk(browser, url, to, { decision })), keep, browser };
}

/// What the API says to an access token.
const whoami = async (access) => (await fetch(`${issuer}/whoami`, { headers: { authorization: `Bearer ${access}` } })).json();

/// What the answer came with: an error of the authorization endpoint, which a library tells apart by itself.
async function turnedAway(client, more, code) {
  const { url, keep } = await letIn(client, more);
  await assert.rejects(client.finish(url, keep), (error) => error.error === code || assert.fail(`${error.error}, not ${code}: ${url}`));
}

for (const library of libraries) {
  for (const [method, given] of Object.entries(clients)) {
    test(`${library.name} by ${method}: sign-in, consent, tokens, userinfo, refresh, revocation`, async () => {
      const client = await library.client({ ...given, method });
      const { url, keep, seen, browser } = await letIn(client, { prompt: "consent" });
      assert.equal(seen.length, 2, `a sign-in and a consent: ${seen}`);
      const tokens = await client.finish(url, keep);
      const { sub, auth_time, acr, amr, at_hash } = client.claims(tokens);
      assert.ok(auth_time && acr && amr.length && at_hash, JSON.stringify(client.claims(tokens)));
      assert.deepEqual([claims(tokens.access_token).aud, claims(tokens.access_token).client_id], [audience, given.id]);
      assert.equal((await whoami(tokens.access_token)).sub, sub);

      const told = await client.userinfo(tokens.access_token, sub);
      assert.equal(told.email, "demo@example.com");

      const refreshed = await client.refresh(tokens.refresh_token);
      assert.notEqual(refreshed.refresh_token, tokens.refresh_token, "RFC 9700 §4.14.2");
      assert.equal((await client.userinfo(refreshed.access_token, sub)).sub, sub);
      const narrowed = await client.refresh(refreshed.refresh_token, { scope: "openid" });
      assert.equal(narrowed.scope, "openid");
      await refused(client.userinfo(narrowed.id_token ?? tokens.id_token, sub), "invalid_token", 401);

      if (method !== "none") assert.equal((await client.introspect(refreshed.access_token)).active, true);
      await client.revoke(narrowed.refresh_token);
      await refused(client.refresh(narrowed.refresh_token), "invalid_grant", 400);
      if (method !== "none") assert.equal((await client.introspect(refreshed.access_token)).active, false);
      await refused(client.userinfo(refreshed.access_token, sub), "invalid_token", 401);

      const again = await letIn(client, { browser });
      assert.equal(again.seen.length, 0, `who is signed in and has agreed is not asked again: ${again.seen}`);
      await client.finish(again.url, again.keep);
    });

    test(`${library.name} by ${method}: a code is good once, for its client, its verifier, its redirect URI and its resource`, async () => {
      const client = await library.client({ ...given, method });
      const one = await letIn(client);
      const tokens = await client.finish(one.url, one.keep);
      await refused(client.finish(one.url, one.keep), "invalid_grant", 400);
      await refused(client.refresh(tokens.refresh_token), "invalid_grant", 400);

      const verifier = await letIn(client);
      await refused(client.finish(verifier.url, { ...verifier.keep, verifier: "x".repeat(43) }), "invalid_grant", 400);
      // openid-client takes the redirect URI from the answer, oauth4webapi from what it kept.
      const elsewhere = await letIn(client);
      const moved = new URL(loopback + elsewhere.url.search);
      await refused(client.finish(moved, { ...elsewhere.keep, redirectUri: loopback }), "invalid_grant", 400);
      const resource = await letIn(client);
      await refused(client.finish(resource.url, resource.keep, { more: { resource: "https://other.example.com" } }), "invalid_target", 400);
      const [other, theirs] = Object.entries(clients).find(([way]) => way !== method);
      const thief = await library.client({ ...theirs, method: other });
      const stolen = await letIn(client);
      await refused(thief.finish(stolen.url, stolen.keep), "invalid_grant", 400);
      await client.finish(stolen.url, stolen.keep);
    });
  }

  test(`${library.name} believes no answer that is not its own`, async () => {
    const client = await library.client({ ...clients.client_secret_basic, method: "client_secret_basic" });
    const { url, keep } = await letIn(client);
    const changed = (change) => {
      const copy = new URL(url);
      change(copy.searchParams);
      return copy;
    };
    assert.equal(url.searchParams.get("iss"), issuer, "RFC 9207");
    for (const [which, answer, remembered] of [
      ["another state", url, { ...keep, state: "another" }],
      ["no state", changed((of) => of.delete("state")), keep],
      ["no issuer", changed((of) => of.delete("iss")), keep],
      ["another issuer", changed((of) => of.set("iss", "https://attacker.example")), keep],
    ]) {
      await assert.rejects(client.finish(answer, remembered), (error) => error.error === undefined, which);
    }
    await client.finish(url, keep);
    const nonce = await letIn(client);
    await assert.rejects(client.finish(nonce.url, { ...nonce.keep, nonce: "another" }), (error) => error.error === undefined);
  });

  test(`${library.name} hears why nobody was let in`, async () => {
    const client = await library.client({ ...clients.client_secret_basic, method: "client_secret_basic" });
    await turnedAway(client, { prompt: "none" }, "login_required");
    await turnedAway(client, { prompt: "consent", decision: "deny" }, "access_denied");
    await turnedAway(client, { code_challenge_method: "plain" }, "invalid_request");
    await turnedAway(client, { code_challenge: "" }, "invalid_request");
    await turnedAway(client, { response_type: "token" }, "unsupported_response_type");
    await turnedAway(client, { scope: "admin" }, "invalid_scope");
    await turnedAway(client, { request_uri: "https://app.example.com/request" }, "request_uri_not_supported");
    await turnedAway(client, { resource: "https://other.example.com" }, "invalid_target");
    for (const more of [{ redirect_uri: "https://attacker.example/" }, { client_id: "nobody" }, { redirect_uri: `${callback}/../x` }]) {
      const { page } = await letIn(client, more);
      assert.equal(page.status, 400, "a page of ours, and nobody is sent anywhere");
    }
  });

  test(`${library.name}: max_age and prompt=login ask for the password again, and prompt=none asks nobody`, async () => {
    const client = await library.client({ ...clients.client_secret_basic, method: "client_secret_basic" });
    const first = await letIn(client);
    await client.finish(first.url, first.keep);
    const { browser } = first;
    for (const more of [{ max_age: "0" }, { prompt: "login" }]) {
      const again = await letIn(client, { browser, ...more });
      assert.ok(again.seen.length > 0, `${JSON.stringify(more)} shows the sign-in`);
      await client.finish(again.url, again.keep, { maxAge: 60 });
    }
    const silent = await letIn(client, { browser, prompt: "none" });
    assert.equal(silent.seen.length, 0);
    await client.finish(silent.url, silent.keep);
  });

  test(`${library.name}: whoever leaves by the client is out, and comes back to it`, async () => {
    const client = await library.client({ ...clients.client_secret_basic, method: "client_secret_basic" });
    const { url, keep, browser } = await letIn(client);
    const tokens = await client.finish(url, keep);
    const left = await walk(browser, client.leave({ id_token_hint: tokens.id_token, post_logout_redirect_uri: out, state: "s1" }), out);
    assert.deepEqual([left.url.searchParams.get("state"), left.seen.length], ["s1", 0]);
    await turnedAway(client, { browser, prompt: "none" }, "login_required");

    const another = await letIn(client, { browser });
    await client.finish(another.url, another.keep);
    const asked = await walk(browser, client.leave({ post_logout_redirect_uri: out, state: "s2" }), out);
    assert.deepEqual([asked.url.searchParams.get("state"), asked.seen.length], ["s2", 1], "who brings no ID token is asked");
    const { page } = await walk(browser, client.leave({ post_logout_redirect_uri: "https://attacker.example/" }), out);
    assert.equal(page.status, 200, "a page of ours says goodbye, and nobody is sent anywhere");
  });
}

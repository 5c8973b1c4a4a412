// Chromium holds every redirection behind a form against the page that the form stood on, those of the client too (w3c/webappsec-csp#8).
// Brokers (Cognito, Auth0, Keycloak) are clients whose callback sends the browser on to an app that they do not name.
import assert from "node:assert/strict";
import { test } from "node:test";
import { app, Chromium, walk } from "./browser.mjs";
import { register } from "./deployment.mjs";
import { libraries } from "./libraries.mjs";

const how = [
  "--grant", "authorization_code", "--scope", "openid orders:read", "--redirect-uri", "http://127.0.0.1/callback",
  "--redirect-uri", "http://[::1]/callback", "--post-logout-redirect-uri", "http://127.0.0.1/callback",
];
const theirs = { id: "onward-theirs", secret: register("onward-theirs", ...how), method: "client_secret_basic" };
const ours = { id: "onward-ours", secret: register("onward-ours", ...how, "--first-party"), method: "client_secret_basic" };
const [library] = libraries;

async function stage(t, given) {
  const person = await Chromium.person(await Chromium.start(t));
  const client = await library.client(given);
  return { person, client, asks: (callback, more) => client.begin(callback, { scope: "openid orders:read", ...more }) };
}

test("a client whose callback sends the browser on to another origin is reached in Chromium", async (t) => {
  const behind = (await app(t)).replace("/callback", "/behind");
  const broker = await app(t, { next: behind });
  assert.notEqual(new URL(broker).origin, new URL(behind).origin);

  await t.test("from the sign-in, and from consent", async (t) => {
    const { person, client, asks } = await stage(t, theirs);
    const first = await asks(broker, { prompt: "consent" });
    const { url, seen } = await walk(person, first.url, behind);
    assert.deepEqual([url.href, seen.length], [behind, 2]);
    const answer = new URL(broker);
    answer.search = app.asked;
    await client.finish(answer, first.keep);

    // Whom the person let in before is reached from the form of the sign-in, with no page between.
    const again = await Chromium.person(person.page.context().browser());
    const remembered = await asks(broker);
    const straight = await walk(again, remembered.url, behind);
    assert.deepEqual([straight.url.href, straight.seen.length], [behind, 1]);
    answer.search = app.asked;
    await client.finish(answer, remembered.keep);

    const out = await walk(person, client.leave({ post_logout_redirect_uri: broker, state: "s" }), behind);
    assert.deepEqual([out.url.href, out.seen.length], [behind, 1]);
  });

  await t.test("from the sign-in, and from a form that passes the answer on", async (t) => {
    const { person, client, asks } = await stage(t, ours);
    const first = await asks(broker);
    assert.equal((await walk(person, first.url, behind)).url.href, behind);
    const posted = await asks(broker, { response_mode: "form_post" });
    assert.equal((await walk(person, posted.url, behind)).url.href, behind);
    const answer = new URL(broker);
    answer.search = app.posted;
    await client.finish(answer, posted.keep);
  });
});

test("an app on a loopback address in IPv6, which no policy can name, is reached from the sign-in form", async (t) => {
  const callback = await app(t, { host: "::1" });
  const { person, client, asks } = await stage(t, ours);
  const { url: address, keep } = await asks(callback);
  const { url, seen } = await walk(person, address, callback);
  assert.equal(seen.length, 1);
  await client.finish(url, keep);
});

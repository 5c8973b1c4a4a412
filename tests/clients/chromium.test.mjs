// The same in Chromium, where cookies, content security policies and redirections are what a browser makes of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { register } from "./deployment.mjs";
import { app, Chromium, walk } from "./browser.mjs";
import { libraries } from "./libraries.mjs";

const how = [
  "--grant", "authorization_code", "--grant", "refresh_token", "--scope", "openid email orders:read",
  "--redirect-uri", "http://127.0.0.1/callback", "--post-logout-redirect-uri", "http://127.0.0.1/signed-out",
];
const kinds = {
  "somebody else's app": { id: "chromium-theirs", secret: register("chromium-theirs", ...how) },
  "the team's own": { id: "chromium-ours", secret: register("chromium-ours", ...how, "--first-party") },
};

for (const [library, [kind, given]] of libraries.flatMap((library) => Object.entries(kinds).map((kind) => [library, kind]))) {
  test(`${library.name} with ${kind}: sign-in, consent, form_post and logout in Chromium`, async (t) => {
    const callback = await app(t);
    const chromium = await Chromium.start(t);
    const client = await library.client({ ...given, method: "client_secret_basic" });
    const asks = { scope: "openid email orders:read" };
    const pages = kind === "the team's own" ? 1 : 2;

    const person = await Chromium.person(chromium);
    const first = await client.begin(callback, { ...asks, ...(pages === 2 && { prompt: "consent" }) });
    const { url, seen } = await walk(person, first.url, callback);
    assert.equal(seen.length, pages, `${seen}`);
    const tokens = await client.finish(url, first.keep);
    const { sub } = client.claims(tokens);
    assert.equal((await client.userinfo(tokens.access_token, sub)).email, "demo@example.com");

    const silent = await client.begin(callback, { ...asks, prompt: "none" });
    const back = await walk(person, silent.url, callback);
    assert.equal(back.seen.length, 0);
    await client.finish(back.url, silent.keep);

    const posted = await client.begin(callback, { ...asks, response_mode: "form_post" });
    await walk(person, posted.url, callback);
    const answer = new URL(callback);
    answer.search = app.posted;
    await client.finish(answer, posted.keep);

    const out = callback.replace("/callback", "/signed-out");
    const asked = await walk(person, client.leave({ post_logout_redirect_uri: out, state: "s" }), out);
    assert.deepEqual([asked.url.searchParams.get("state"), asked.seen.length], ["s", 1]);
    const after = await client.begin(callback, { ...asks, prompt: "none" });
    assert.equal((await walk(person, after.url, callback)).url.searchParams.get("error"), "login_required");
  });
}

// Signing in at node-oidc-provider, which is good at first and then misbehaves in each way that matters.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { after, before, test } from "node:test";
import { Browser } from "./browser.mjs";
import { Misbehaving } from "./provider.mjs";

const program = process.env.JUDGED_PROGRAM;
const place = process.env.JUDGED_PLACE;
const SECRET = "a secret/with+signs & blanks";
let provider, deployment, api;

before(async () => {
  provider = await Misbehaving.start();
  const word = `node?issuer=${provider.issuer}&client_id=vestibule&label=Node&email=trusted`;
  const parameters = ["--parameter", `IdentityProviders=${word}`, "--parameter", "ProviderNetworkLimit=10000/60"];
  deployment = spawn(program, ["dev", "--memory", "--port", "0", ...parameters], { cwd: place, stdio: ["ignore", "pipe", "ignore"] });
  api = await new Promise((found, lost) => {
    let said = "";
    deployment.stdout.on("data", (part) => {
      said += part;
      const at = said.match(/^Vestibule answers at (.*)$/m);
      if (at) found(at[1]);
    });
    deployment.on("exit", () => lost(new Error(said)));
  });
  const kept = spawnSync(program, ["providers", "set-secret", "node"], { cwd: place, input: SECRET });
  assert.equal(kept.status, 0, String(kept.stderr));
  await provider.serve(`${api}/sign-in/with/node/callback`, SECRET);
});

after(() => {
  deployment.kill();
  provider.stop();
});

async function comesBack(name, manners = {}, change = (address) => address) {
  const browser = new Browser();
  const sent = await browser.ask(`${api}/sign-in/with/node`);
  if (sent.status !== 303) return { browser, answer: sent };
  const back = await browser.until(sent.location, `${api}/sign-in/with/node/callback`, name);
  provider.manners = manners;
  const answer = await browser.ask(change(back));
  provider.manners = {};
  return { browser, answer };
}

async function user(browser) {
  const answer = await browser.ask(`${api}/account`);
  return answer.status === 200 ? JSON.parse(answer.text).user : undefined;
}

test("somebody signs in, is somebody new, and is the same the next time", async () => {
  const first = await comesBack("ada");
  assert.equal(first.answer.status, 303, first.answer.text);
  const ada = await user(first.browser);
  assert.match(ada, /^usr_/);
  const again = await comesBack("ada");
  assert.equal(await user(again.browser), ada);
  const bob = await comesBack("bob");
  assert.notEqual(await user(bob.browser), ada);
  const listed = JSON.parse((await first.browser.ask(`${api}/identities`)).text).identities;
  assert.deepEqual(listed.map(({ provider, email }) => [provider, email]), [["node", "ada@example.com"]]);
});

test("an address that is not verified makes no account", async () => {
  const { browser, answer } = await comesBack("unverified-eve");
  assert.equal(answer.status, 403, answer.text);
  assert.equal(await user(browser), undefined);
});

const now = () => Math.floor(Date.now() / 1000);
for (const [what, manners] of [
  ["another issuer", { claims: { iss: "https://evil.example" } }],
  ["another audience", { claims: { aud: "another" } }],
  ["another audience beside us", { claims: { aud: ["vestibule", "another"], azp: "vestibule" } }],
  ["another authorized party", { claims: { azp: "another" } }],
  ["another nonce", { claims: { nonce: "another" } }],
  ["no nonce", { claims: { nonce: null } }],
  ["a token that has expired", { claims: { exp: now() - 1 } }],
  ["a token of tomorrow", { claims: { iat: now() + 86_400, exp: now() + 90_000 } }],
  ["a token that is not signed", { unsigned: true }],
  ["a token that somebody else signed", { foreign: true }],
]) {
  test(`${what} signs nobody in`, async () => {
    const { browser, answer } = await comesBack("ada", manners);
    assert.equal(answer.status, 400, answer.text);
    assert.equal(await user(browser), undefined);
  });
}

test("an answer in the name of another provider, or of none, is refused: this one always says who it is", async () => {
  for (const change of [
    (address) => address.replace(/iss=[^&]*/, "iss=https%3A%2F%2Fevil.example"),
    (address) => address.replace(/&?iss=[^&]*/, ""),
    (address) => address.replace(/state=[^&]*/, "state=another"),
  ]) {
    const { browser, answer } = await comesBack("ada", {}, change);
    assert.equal(answer.status, 400, answer.text);
    assert.equal(await user(browser), undefined);
  }
});

test("a provider that is down or slow ends in a page with 503 and in no session", async () => {
  for (const manners of [{ down: "/token" }, { slow: "/token" }]) {
    const { browser, answer } = await comesBack("ada", manners);
    assert.equal(answer.status, 503, answer.text);
    assert.equal(answer.headers.get("retry-after"), "1");
    assert.equal(await user(browser), undefined);
  }
  const { answer } = await comesBack("ada");
  assert.equal(answer.status, 303, "all is well again");
});

test("whoever cancels there is told that they are not signed in", async () => {
  const browser = new Browser();
  const sent = await browser.ask(`${api}/sign-in/with/node`);
  const page = await browser.ask((await browser.ask(sent.location)).location);
  const abort = page.text.match(/href="([^"]*\/abort)"/)[1];
  let answer = await browser.ask(new URL(abort, provider.issuer).href);
  while (answer.location && !answer.location.startsWith(api)) answer = await browser.ask(answer.location);
  const told = await browser.ask(answer.location);
  assert.equal(told.status, 400, told.text);
  assert.equal(await user(browser), undefined);
});

// What people do on the pages, from the first letter to signing out. Each journey is a person with a browser of their own.

import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { launch, look, looks, Person } from "./browser.mjs";
import { everyPageIsAmong } from "./looks.mjs";

const [url, folder, templates] = process.argv.slice(2);
const DEMO = { name: "demo@example.com", password: "correct horse" };
const LAPTOP = { userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" };
const PHONE = {
  userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
  viewport: { width: 320, height: 640 },
  colorScheme: "dark",
};

/** The link in the newest letter to this address. */
async function letter(to) {
  const { letters } = await (await fetch(`${url}/dev/outbox?to=${encodeURIComponent(to)}`)).json();
  return letters[0].text.split("\n").find((line) => line.startsWith(`${url}/`));
}

/** The demo app, at an origin of its own: it says what it is told. */
async function app() {
  const server = createServer(async (request, response) => {
    let said = request.url;
    for await (const part of request) said += part;
    response.end(`<h1>${said.includes("code=") ? "Let in" : "Not let in"}</h1>`);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const query = new URLSearchParams({
    client_id: "demo-app",
    redirect_uri: `http://127.0.0.1:${server.address().port}/dev/callback`,
    response_type: "code",
    scope: "openid email orders:read",
    state: "a state",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
  });
  return { server, ask: `/oauth/authorize?${query}` };
}

const journeys = {
  async "somebody registers with a letter, chooses a password after a bad one, and signs in"(browser) {
    const ada = await Person.arrive(browser, url, LAPTOP);
    await ada.open("/sign-in");
    await ada.expect("Sign in");
    await look(ada, "sign-in", folder);
    await ada.page.getByRole("link", { name: "Create an account" }).click();
    await ada.expect("Create an account");
    await look(ada, "register", folder);
    await ada.send({ "E-mail address": "ada@example.com" }, "Send me a link");
    await ada.expect("Check your mail");
    await look(ada, "sent", folder);
    await ada.page.goto(await letter("ada@example.com"));
    await ada.expect("Choose a password");
    await look(ada, "verify", folder);
    const refused = await ada.send({ Username: "ada", "New password": "too short" }, "Create my account");
    assert.equal(refused.status(), 400);
    assert.match(await ada.page.locator("#password-fault").innerText(), /at least 15 characters/);
    assert.equal(await ada.page.evaluate(() => document.activeElement.id), "password", "the field that is wrong has the focus");
    assert.equal(await ada.page.getByLabel("Username").inputValue(), "ada", "what was typed is still there");
    await look(ada, "verify-refused", folder);
    await ada.send({ "New password": "seven brown foxes" }, "Create my account");
    await ada.expect("Sign in");
    assert.match(await ada.page.getByRole("status").innerText(), /Your account is ready/);
    await look(ada, "registered", folder);
    await ada.send({ "E-mail address": "ada", Password: "seven brown foxes" }, "Sign in");
    await ada.expect("Devices");
    await ada.leave();
  },

  async "somebody forgets a password and is signed out everywhere by another one"(browser) {
    const [phone, laptop] = [await Person.arrive(browser, url, PHONE), await Person.arrive(browser, url, LAPTOP)];
    await phone.open("/sign-in");
    await phone.send({ "E-mail address": "ada@example.com", Password: "seven brown foxes" }, "Sign in");
    await phone.expect("Devices");
    await laptop.open("/sign-in");
    await laptop.page.getByRole("link", { name: "Forgot your password?" }).click();
    await laptop.expect("Forgot your password?");
    await look(laptop, "forgot", folder);
    await laptop.send({ "E-mail address": "ada@example.com" }, "Send me a link");
    const link = await letter("ada@example.com");
    await laptop.page.goto(link);
    await laptop.expect("Choose a new password");
    await look(laptop, "reset", folder);
    await laptop.send({ "New password": "eight brown foxes" }, "Change my password");
    assert.match(await laptop.page.getByRole("status").innerText(), /every device is signed out/);
    await phone.open("/account/devices");
    await phone.expect("Sign in");
    await laptop.page.goto(link);
    await laptop.send({ "New password": "nine brown foxes" }, "Change my password");
    assert.match(await laptop.page.getByRole("alert").innerText(), /used already/);
    await look(laptop, "reset-spent", folder);
    await laptop.open("/reset");
    await look(laptop, "reset-without-a-link", folder);
    await Promise.all([phone.leave(), laptop.leave()]);
  },

  async "somebody signs in by the keyboard alone, and is told what is wrong"(browser) {
    const demo = await Person.arrive(browser, url, LAPTOP);
    const { keyboard } = demo.page;
    const submitted = (keys) => Promise.all([demo.page.waitForNavigation(), keys()]);
    const focused = () => demo.page.evaluate(() => document.activeElement.name || document.activeElement.innerText);
    await demo.open("/sign-in");
    assert.equal(await focused(), "username", "the first field has the focus");
    await keyboard.type(DEMO.name);
    await keyboard.press("Tab");
    await keyboard.type("wrong");
    await submitted(() => keyboard.press("Enter"));
    await demo.expect("Sign in");
    assert.match(await demo.page.title(), /^Error: /, "which is what a screen reader reads first");
    assert.equal(await demo.page.getByLabel("E-mail address").inputValue(), DEMO.name);
    assert.equal(await demo.page.getByLabel("Password").inputValue(), "");
    await look(demo, "sign-in-refused", folder);
    assert.equal(await focused(), "password");
    await keyboard.type(DEMO.password);
    await keyboard.press("Tab");
    assert.equal(await focused(), "Sign in");
    await submitted(() => keyboard.press("Space"));
    await demo.expect("Devices");
    const reached = [];
    for (let step = 0; step < 4; step += 1) {
      await keyboard.press("Tab");
      reached.push(await focused());
      const ring = await demo.page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      assert.equal(ring, "solid", `${reached.at(-1)} shows that it has the focus`);
    }
    assert.deepEqual(reached, ["Sign out", "Devices", "API keys", "Apps"]);
    await keyboard.press("Shift+Tab");
    await keyboard.press("Shift+Tab");
    await keyboard.press("Shift+Tab");
    assert.equal(await focused(), "Sign out");
    await submitted(() => keyboard.press("Enter"));
    await demo.expect("You are signed out");
    await demo.leave();
  },

  async "somebody looks at their devices on a phone, signs one out, makes a key and revokes it, and leaves"(browser) {
    const [phone, laptop] = [await Person.arrive(browser, url, PHONE), await Person.arrive(browser, url, LAPTOP)];
    for (const each of [laptop, phone]) {
      await each.open("/account/devices");
      await each.expect("Sign in");
      await each.send({ "E-mail address": DEMO.name, Password: DEMO.password }, "Sign in");
      await each.expect("Devices");
    }
    await look(phone, "devices", folder);
    await phone.page.setViewportSize(PHONE.viewport);
    assert.match(await phone.page.locator("h2").first().innerText(), /Safari on iPhone\s+This device/);
    await phone.send({}, /^Sign out Firefox on Linux/);
    await phone.expect("Devices");
    await laptop.open("/account/devices");
    await laptop.expect("Sign in");
    await phone.page.getByRole("link", { name: "API keys" }).click();
    await phone.expect("API keys");
    await look(phone, "keys-none", folder);
    await phone.page.getByLabel("orders:read").check();
    await phone.send({ Name: "Nightly export" }, "Make the key");
    const key = await phone.page.locator(".secret code").innerText();
    assert.match(key, /^vk_live_/);
    await look(phone, "keys-made", folder);
    const exported = () => fetch(`${url}/export`, { headers: { "x-api-key": key } });
    assert.equal((await exported()).status, 200);
    await phone.send({ Name: " " }, "Make the key");
    await look(phone, "keys-refused", folder);
    await phone.open("/account/keys");
    assert.equal(await phone.page.getByText(key).count(), 0, "it is shown once");
    await phone.page.getByText("Change… Nightly export").click();
    await look(phone, "keys-change", folder);
    await phone.send({}, /^Give it a new secret/);
    assert.match(await phone.page.locator(".secret code").innerText(), /^vk_live_/);
    assert.notEqual(await phone.page.locator(".secret code").innerText(), key);
    assert.equal((await exported()).status, 200, "the secret before works for a while longer");
    await phone.page.getByText("Revoke… Nightly export").click();
    await look(phone, "keys", folder);
    await phone.send({}, /^Revoke it/);
    assert.match(await phone.page.locator("main").innerText(), /no API keys yet/);
    await phone.send({}, "Sign out");
    await phone.expect("You are signed out");
    await look(phone, "signed-out", folder);
    await phone.open("/account/keys");
    await phone.expect("Sign in");
    await Promise.all([phone.leave(), laptop.leave()]);
  },

  async "somebody who came for another page of ours is led on to it, and to no other site"(browser) {
    const demo = await Person.arrive(browser, url, LAPTOP);
    const next = "/account/keys?from=a%20link";
    await demo.open(`/sign-in?continue=${encodeURIComponent(next)}`);
    await demo.send({ "E-mail address": DEMO.name, Password: DEMO.password }, "Sign in");
    assert.equal(demo.page.url(), `${url}${next}`);
    await demo.open(`/sign-in?continue=${encodeURIComponent("//evil.example")}`);
    await demo.send({ "E-mail address": DEMO.name, Password: DEMO.password }, "Sign in");
    assert.equal(demo.page.url(), `${url}/account/devices`);
    await demo.leave();
  },

  async "somebody does not let an app in, and then does"(browser) {
    const [demo, { server, ask }] = [await Person.arrive(browser, url, LAPTOP), await app()];
    const arrived = async (heading) => {
      assert.deepEqual(demo.complaints, [], "the policy lets the form lead to the app");
      assert.equal(await demo.heading(), heading);
    };
    await demo.open(ask);
    await demo.expect("Sign in");
    await demo.send({ "E-mail address": DEMO.name, Password: DEMO.password }, "Sign in");
    await demo.expect("Let Demo app in?");
    await look(demo, "consent", folder);
    await demo.send({}, "Not now");
    await arrived("Not let in");
    await demo.open(ask);
    await demo.send({}, "Let in");
    await arrived("Let in");
    demo.elsewhere.length = 0; // That was the app itself.
    await demo.open("/account/devices");
    await demo.page.getByRole("link", { name: "Apps" }).click();
    await demo.expect("Apps");
    assert.match(await demo.page.locator("main").innerText(), /Demo app[\s\S]+Know that it is you/);
    await demo.page.locator("summary").click();
    await look(demo, "consents", folder);
    await demo.send({}, /^Take it back/);
    await demo.expect("Apps");
    assert.match(await demo.page.locator("main").innerText(), /You have let no app in/);
    await look(demo, "consents-none", folder);
    await demo.open(`${ask}&response_mode=form_post`);
    await demo.expect("Let Demo app in?");
    await demo.send({}, "Let in");
    await demo.expect("One moment");
    await look(demo, "passing-on", folder);
    await demo.send({}, "Go on");
    await arrived("Let in");
    server.close();
    await demo.leave();
  },

  async "somebody is sent here by an app that nobody knows, and out by one that is known"(browser) {
    const demo = await Person.arrive(browser, url, LAPTOP);
    await demo.open("/oauth/authorize?client_id=nobody");
    await demo.expect("The app cannot sign you in");
    await look(demo, "error", folder);
    await demo.open("/sign-in");
    await demo.send({ "E-mail address": DEMO.name, Password: DEMO.password }, "Sign in");
    await demo.open("/oauth/logout");
    await demo.expect("Sign out?");
    await look(demo, "leaving", folder);
    await demo.page.getByRole("link", { name: "Stay signed in" }).click();
    await demo.expect("Devices");
    await demo.open("/oauth/logout?client_id=demo-app");
    assert.match(await demo.page.locator("main").innerText(), /Demo app would sign you out/);
    await look(demo, "leaving-for-an-app", folder);
    await demo.send({}, "Sign out");
    await demo.expect("You are signed out");
    await look(demo, "left", folder);
    await demo.leave();
  },

  async "somebody takes another address with the link that went there"(browser) {
    const [ada, account] = [await Person.arrive(browser, url, LAPTOP), { name: "ada", password: "eight brown foxes" }];
    await ada.open("/sign-in");
    await ada.send({ "E-mail address": account.name, Password: account.password }, "Sign in");
    await ada.expect("Devices");
    const asked = await ada.page.request.post("/account/email", {
      headers: { "sec-fetch-site": "same-origin" },
      data: { email: "lovelace@example.com", password: account.password },
    });
    assert.equal(asked.status(), 202);
    const link = await letter("lovelace@example.com");
    await ada.page.goto(link);
    await ada.expect("Your new address");
    await look(ada, "address", folder);
    await ada.send({}, "Use this address");
    await ada.expect("Your address is changed");
    await look(ada, "address-changed", folder);
    await ada.page.goto(link);
    await ada.send({}, "Use this address");
    assert.match(await ada.page.getByRole("alert").innerText(), /used already/);
    await look(ada, "address-spent", folder);
    await ada.leave();
  },

  async "somebody adds another way to sign in, uses it, and removes it"(browser) {
    const ada = await Person.arrive(browser, url, LAPTOP);
    const went = (where) => {
      assert.ok(ada.elsewhere.length > 0, "the browser was at the provider");
      ada.elsewhere.length = 0;
      return ada.expect(where);
    };
    await ada.open("/sign-in");
    await ada.send({ "E-mail address": "ada", Password: "eight brown foxes" }, "Sign in");
    await ada.page.getByRole("link", { name: "How you sign in" }).click();
    await ada.expect("How you sign in");
    await look(ada, "identities-none", folder);
    await ada.send({}, "Add Example Ltd");
    await went("How you sign in");
    assert.match(await ada.page.locator("main").innerText(), /Password[\s\S]+Example Ltd\s+ada@work\.example\.com/);
    await look(ada, "identities", folder);
    await ada.send({}, "Sign out");
    await ada.open("/sign-in");
    await ada.page.getByRole("link", { name: "Sign in with Example Ltd" }).click();
    await went("Devices");
    await ada.page.getByRole("link", { name: "How you sign in" }).click();
    await ada.send({}, /^Remove Example Ltd/);
    await ada.expect("How you sign in");
    assert.equal(await ada.page.getByRole("button", { name: /^Remove/ }).count(), 0);
    await ada.leave();
  },

  async "somebody whom a provider does not bring back is told so"(browser) {
    const stranger = await Person.arrive(browser, url, LAPTOP);
    await stranger.open("/sign-in/with/nobody");
    await stranger.expect("There is nothing here");
    await look(stranger, "provider-unknown", folder);
    await stranger.open("/sign-in/with/work/callback?state=another&code=another");
    await stranger.expect("Please start again");
    await look(stranger, "provider-lost", folder);
    const sent = await stranger.page.request.get("/sign-in/with/work", { maxRedirects: 0 });
    const state = new URL(sent.headers().location).searchParams.get("state");
    await stranger.open(`/sign-in/with/work/callback?${new URLSearchParams({ state, error: "access_denied" })}`);
    await stranger.expect("You are not signed in");
    await look(stranger, "provider-declined", folder);
    await stranger.leave();
  },
};

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const browser = await launch();
let failed = 0;
for (const [name, journey] of Object.entries(journeys)) {
  try {
    await journey(browser);
    console.log(`ok      ${name}`);
  } catch (fault) {
    failed += 1;
    console.log(`FAILED  ${name}\n${fault.stack}`);
  }
}
await browser.close();
await everyPageIsAmong(looks, templates);
console.log(`${Object.keys(journeys).length - failed} passed, ${failed} failed; screenshots in ${folder}`);
process.exitCode = failed === 0 ? 0 : 1;

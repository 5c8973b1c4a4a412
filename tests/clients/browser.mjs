// A person with a browser: they sign in, let a client in or not, and leave. One browser speaks HTTP and reads forms, the other is Chromium.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { request } from "node:https";
import { chromium as playwright } from "playwright-core";
import { issuer, person } from "./deployment.mjs";

/// More pages than any way has.
const STEPS = 8;

/// Goes on from `url` until the browser has left for `callback`; gives the address that it left for and the headings of the pages on
/// the way. `decision` is what the person says when they are asked for their consent.
export async function walk(browser, url, callback, { decision = "allow", who = person } = {}) {
  const seen = [];
  let at = await browser.visit(url, callback);
  for (let step = 0; step < STEPS; step += 1) {
    if (at.left) return { url: at.left, seen };
    seen.push(at.heading);
    if (at.has("password")) at = await browser.fill({ username: who.username, password: who.password }, undefined, callback);
    else if (at.has("decision")) at = await browser.fill({}, decision, callback);
    else if (at.has("csrf_token")) at = await browser.fill({}, undefined, callback);
    else return { page: at, seen };
  }
  assert.fail(`no end: ${seen}`);
}

const unescaped = (text) =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(amp|lt|gt|quot));/gi, (_, hex, decimal, name) =>
    hex || decimal ? String.fromCodePoint(parseInt(hex ?? decimal, hex ? 16 : 10)) : { amp: "&", lt: "<", gt: ">", quot: '"' }[name]);
const attributes = (tag) => Object.fromEntries([...tag.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, unescaped(value)]));

/// One request as a browser sends it: node's `fetch` says of itself that it is a script.
async function navigate(url, headers, form) {
  const body = form?.toString();
  const typed = body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(body) };
  const asked = request(url, { method: body === undefined ? "GET" : "POST", headers: { ...headers, ...typed } });
  asked.end(body);
  const [answer] = await once(asked, "response");
  const chunks = await answer.toArray();
  return { status: answer.statusCode, headers: answer.headers, html: Buffer.concat(chunks).toString() };
}

/// A browser without a screen: cookies, redirections, forms.
export class HttpBrowser {
  cookies = new Map();

  async visit(url, callback) {
    return this.#follow(new URL(url), { "sec-fetch-site": "cross-site" }, undefined, callback);
  }

  /// Sends the page's form with these values, by the button of this value or the first.
  async fill(values, button, callback) {
    const fields = { ...this.form.hidden, ...values, ...(button && { [this.form.button]: button }) };
    return this.#follow(this.form.action, { "sec-fetch-site": "same-origin", origin: issuer }, new URLSearchParams(fields), callback);
  }

  async #follow(to, headers, form, callback) {
    let [url, body] = [to, form];
    for (let step = 0; step < STEPS; step += 1) {
      assert.equal(url.origin, issuer, `${url}`);
      const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const navigates = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", ...headers, ...(cookie && { cookie }) };
      const { status, headers: { location, "set-cookie": cookies = [] }, html } = await navigate(url, navigates, body);
      for (const set of cookies) this.#keep(set);
      if (!location) return this.#read(url, status, html);
      if (body) assert.equal(status, 303, "a form with credentials is not sent on");
      [url, body] = [new URL(location, url), undefined];
      if (url.href.startsWith(callback)) return { left: url };
    }
    return assert.fail(`redirected without end from ${to}`);
  }

  #keep(set) {
    const [, name, value] = set.match(/^([^=]+)=([^;]*)/);
    if (/;\s*max-age=0/i.test(set)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }

  #read(url, status, html) {
    const [, opened = "", inside = ""] = html.match(/<form([^>]*)>(.*?)<\/form>/s) ?? [];
    const inputs = [...inside.matchAll(/<(?:input|button)([^>]*)>/g)].map(([, tag]) => attributes(tag));
    const hidden = inputs.filter(({ type }) => type === "hidden").map(({ name, value }) => [name, value]);
    const button = inputs.find(({ name, type }) => name && !type)?.name;
    this.form = { action: new URL(attributes(opened).action ?? "", url), hidden: Object.fromEntries(hidden), button };
    const names = inputs.map(({ name }) => name);
    return { status, html, heading: html.match(/<h1[^>]*>(.*?)<\/h1>/s)?.[1], has: (name) => names.includes(name) };
  }
}

/// Chromium, as Debian has it; a context of its own for each person.
export class Chromium {
  static async start(t) {
    const browser = await playwright.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--no-first-run"],
    });
    t.after(() => browser.close());
    return browser;
  }

  static async person(browser) {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const chromium = new Chromium();
    chromium.page = await context.newPage();
    chromium.page.setDefaultTimeout(15_000);
    return chromium;
  }

  async visit(url, callback) {
    await this.page.goto(`${url}`);
    return this.#read(callback);
  }

  async fill(values, button, callback) {
    for (const [name, value] of Object.entries(values)) await this.page.locator(`[name=${name}]`).fill(value);
    const pressed = button ? this.page.locator(`button[value=${button}]`) : this.page.locator("form button").first();
    await Promise.all([this.page.waitForEvent("framenavigated"), pressed.click()]);
    await this.page.waitForLoadState();
    return this.#read(callback);
  }

  async #read(callback) {
    const url = this.page.url();
    if (url.startsWith(callback)) return { left: new URL(url) };
    const names = await this.page.locator("[name]").evaluateAll((found) => found.map(({ name }) => name));
    return { heading: await this.page.locator("h1").textContent(), html: await this.page.content(), has: (name) => names.includes(name) };
  }
}

/// An app on this machine: where the browser comes back to, and from there on to `next` if the app is one that passes people on. Keeps
/// the last answer that came to it.
export async function app(t, { host = "127.0.0.1", next } = {}) {
  const server = createServer(async (asked, answer) => {
    const chunks = [];
    for await (const chunk of asked) chunks.push(chunk);
    if (asked.method === "POST") app.posted = new URLSearchParams(Buffer.concat(chunks).toString());
    else if (asked.url.startsWith("/callback?")) app.asked = new URL(asked.url, "http://app").searchParams;
    if (next) answer.writeHead(303, { location: next }).end();
    else answer.setHeader("content-type", "text/html").end("<h1>The app</h1>");
  });
  await new Promise((ready) => server.listen(0, host, ready));
  t.after(() => server.close());
  return `http://${host.includes(":") ? `[${host}]` : host}:${server.address().port}/callback`;
}

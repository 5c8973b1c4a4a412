// A browser that makes no request of its own, and what every page is held to in it: nothing from elsewhere, nothing that its policy
// stops, readable in the light, in the dark and 320 pixels wide, and no fault that axe knows (WCAG 2.2 AA).

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const COPY = { "content-type": "text/html; charset=utf-8", "content-security-policy": "script-src 'none'" };

/** What a page is looked at as. */
const LOOKS = [
  { name: "light", colorScheme: "light", viewport: { width: 1280, height: 860 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1280, height: 860 } },
  { name: "narrow", colorScheme: "light", viewport: { width: 320, height: 640 } },
  { name: "narrow-dark", colorScheme: "dark", viewport: { width: 320, height: 640 } },
];

export async function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
  });
}

/** A person with a browser of their own. */
export class Person {
  static async arrive(browser, url, options = {}) {
    const context = await browser.newContext({ baseURL: url, javaScriptEnabled: false, ...options });
    const person = new Person(await context.newPage(), url);
    person.page.on("request", (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith("data:")) person.elsewhere.push(request.url());
    });
    person.page.on("console", (message) => {
      // Chromium says of each 4xx that it is one.
      if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) person.complaints.push(message.text());
    });
    return person;
  }

  constructor(page, url) {
    Object.assign(this, { page, url, elsewhere: [], complaints: [] });
  }

  async open(path) {
    return this.page.goto(path);
  }

  /** Fills fields in by their labels and presses the button of this name. */
  async send(fields, button) {
    for (const [label, value] of Object.entries(fields)) await this.page.getByLabel(label, { exact: false }).fill(value);
    const [answer] = await Promise.all([this.page.waitForNavigation(), this.page.getByRole("button", { name: button }).first().click()]);
    return answer;
  }

  async heading() {
    return this.page.locator("h1").first().innerText();
  }

  async expect(heading) {
    assert.equal(await this.heading(), heading);
    assert.deepEqual(this.elsewhere, [], "nothing is asked of anybody else");
    assert.deepEqual(this.complaints, [], "the browser has nothing to complain of");
  }

  async leave() {
    await this.page.context().close();
  }
}

/** The looks that were taken, by name. */
export const looks = new Set();

/** Looks at the page as it stands: as people see it, and as axe does, which is a script and so gets a copy of the page where scripts run,
 *  but none of the page's own. */
export async function look(person, name, folder) {
  looks.add(name);
  const { page } = person;
  const html = await page.content();
  const copy = await page.context().browser().newPage();
  await copy.route("**/*", (route) => route.fulfill({ headers: COPY, body: html }));
  await copy.goto(person.url);
  await copy.evaluate(axe);
  for (const { name: as, colorScheme, viewport } of LOOKS) {
    for (const each of [page, copy]) {
      await each.emulateMedia({ colorScheme });
      await each.setViewportSize(viewport);
    }
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= viewport.width, `${name} is ${width} pixels wide where there are ${viewport.width}`);
    await page.screenshot({ path: join(folder, `${name}-${as}.png`), fullPage: true });
    const { violations } = await copy.evaluate((tags) => globalThis.axe.run(document, { runOnly: { type: "tag", values: tags } }), RULES);
    const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join(" | ")}`);
    assert.deepEqual(said, [], `${name}, ${as}`);
  }
  await copy.close();
}

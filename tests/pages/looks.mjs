// The pages, and under which names each is looked at. A template that nobody looks at, and a look that is promised and not taken, fail
// the run.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const PAGES = {
  "address.html": ["address", "address-spent"],
  "ask.html": ["register", "forgot"],
  "choose.html": ["verify", "verify-refused", "reset", "reset-spent", "reset-without-a-link"],
  "consent.html": ["consent"],
  "consents.html": ["consents", "consents-none"],
  "devices.html": ["devices"],
  "identities.html": ["identities", "identities-none"],
  "keys.html": ["keys", "keys-none", "keys-made", "keys-change", "keys-refused"],
  "leaving.html": ["leaving", "leaving-for-an-app"],
  "notice.html": ["error", "address-changed", "signed-out", "left", "provider-unknown", "provider-lost", "provider-declined"],
  "passing_on.html": ["passing-on"],
  "sent.html": ["sent"],
  "sign_in.html": ["sign-in", "sign-in-refused", "registered"],
};

/** What is looked at is every template of this folder that is a page, and not what pages are made of. */
export async function everyPageIsAmong(taken, folder) {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".html"));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  const parts = new Set(texts.flatMap((text) => [...text.matchAll(/\{% (?:extends|import) "([^"]+)"/g)].map(([, name]) => name)));
  assert.deepEqual(Object.keys(PAGES), names.filter((name) => !parts.has(name)).sort(), `pages in ${folder}`);
  assert.deepEqual([...taken].sort(), Object.values(PAGES).flat().sort(), "looks");
}

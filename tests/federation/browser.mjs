// As much of a browser as signing in takes: cookies by host and name, and redirects one at a time.

import assert from "node:assert/strict";

export class Browser {
  jars = new Map();

  jar(url) {
    const { host } = new URL(url);
    if (!this.jars.has(host)) this.jars.set(host, new Map());
    return this.jars.get(host);
  }

  async ask(url, { method = "GET", form } = {}) {
    const jar = this.jar(url);
    const headers = { "sec-fetch-site": "same-origin" };
    if (jar.size) headers.cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const body = form && new URLSearchParams(form);
    const answer = await fetch(url, { method, headers, body, redirect: "manual" });
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair] = cookie.split("; ");
      const at = pair.indexOf("=");
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      if (value === "" || /expires=Thu, 01 Jan 1970/i.test(cookie)) jar.delete(name);
      else jar.set(name, value);
    }
    const location = answer.headers.get("location");
    return { status: answer.status, location: location && new URL(location, url).href, text: await answer.text(), headers: answer.headers };
  }

  // To the provider, through its pages, as `name`, until it sends the browser back: gives that address.
  async until(url, home, name) {
    let answer = await this.ask(url);
    for (let steps = 0; steps < 20; steps += 1) {
      if (answer.location?.startsWith(home)) return answer.location;
      if (answer.location) answer = await this.ask(answer.location);
      else {
        assert.equal(answer.status, 200, answer.text);
        const action = answer.text.match(/<form[^>]* action="([^"]*)"/)[1];
        const prompt = answer.text.match(/name="prompt" value="([^"]*)"/)[1];
        const form = prompt === "login" ? { prompt, login: name, password: "any" } : { prompt };
        answer = await this.ask(action.replaceAll("&amp;", "&"), { method: "POST", form });
      }
    }
    throw new Error("the provider sends nobody back");
  }
}

// TLS in front of `vestibule dev`, as API Gateway has it. `node front.mjs FOLDER`: key and certificate lie in the folder, and so does,
// as soon as somebody asks, the address behind. Says its port.
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";

const folder = process.argv[2];
const file = (name) => readFileSync(join(folder, name), "utf8");

const front = createServer({ key: file("key.pem"), cert: file("certificate.pem") }, (asked, answer) => {
  const { hostname, port } = new URL(file("upstream").trim());
  const behind = request({ hostname, port, method: asked.method, path: asked.url, headers: asked.headers }, (answered) => {
    answer.writeHead(answered.statusCode, answered.rawHeaders);
    answered.pipe(answer);
  });
  behind.on("error", () => answer.destroy());
  asked.pipe(behind);
});
front.listen(0, "127.0.0.1", () => console.log(front.address().port));

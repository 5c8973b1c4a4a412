// The loop around a handler. AWS's own runtime client for Node (aws-lambda-ric) compiles a copy of libcurl when it is installed and asks
// for Node 22, so this is the shortest one that the Runtime API allows. It does less than AWS's.
import http from "node:http";

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const request = http.request({ hostname, port, agent, method, path, headers }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

export async function serve(handler) {
  for (;;) {
    const next = await call("GET", "/2018-06-01/runtime/invocation/next");
    const answer = JSON.stringify(await handler(JSON.parse(next.body)));
    await call("POST", `/2018-06-01/runtime/invocation/${next.headers["lambda-runtime-aws-request-id"]}/response`, answer);
  }
}

// A shop on Express with the unmodified @sentry/node. Run with a DSN, a release and a port.
const Sentry = require("@sentry/node");

const [dsn, release, port] = process.argv.slice(2);
Sentry.init({ dsn, release, environment: "production" });
const express = require("express");

const app = express();
let asked = 0; // the SDK takes the same error twice in a row for one
app.get("/", (_request, response) => response.send("ok"));
app.get("/handled", (_request, response) => {
  Sentry.captureException(new Error(`voucher ${(asked += 1)} is not valid`));
  response.send("ok");
});
app.get("/crash", () => {
  throw new RangeError(`a total of nothing, ${(asked += 1)}`);
});
Sentry.setupExpressErrorHandler(app);
app.listen(Number(port), "127.0.0.1");
process.on("SIGINT", async () => {
  await Sentry.close(5000);
  process.exit(0);
});

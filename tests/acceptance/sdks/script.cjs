// A script with the unmodified @sentry/node: a session, and what it is told by lines. Run with a DSN and a release.
const Sentry = require("@sentry/node");
const readline = require("node:readline");

const [dsn, release] = process.argv.slice(2);
Sentry.init({ dsn, release, environment: "production" });
Sentry.setUser({ id: "customer-node" });
let asked = 0; // the SDK takes the same error twice in a row for one
const doing = {
  handled: () => Sentry.captureException(new Error(`voucher ${(asked += 1)} is not valid`)),
  feedback: () => Sentry.captureFeedback({ message: "the node checkout fails" }),
  crash: () => {
    throw new RangeError("an unhandled error from Node");
  },
};
readline.createInterface({ input: process.stdin }).on("line", (word) => {
  doing[word]();
  console.log(word);
});

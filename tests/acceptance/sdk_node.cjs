// What a program with the unmodified @sentry/node does: a session, an unhandled error, feedback. Run with a DSN.
const Sentry = require("@sentry/node");

Sentry.init({ dsn: process.argv[2], release: "shop@node", environment: "production" });
Sentry.setUser({ id: "customer-node" });
Sentry.captureFeedback({ message: "the node checkout fails" });
setTimeout(() => {
  throw new RangeError("an unhandled error from Node");
}, 50);

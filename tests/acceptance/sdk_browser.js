// What a page with the unmodified @sentry/browser does: a session, an unhandled error, feedback.
import * as Sentry from "@sentry/browser";

const dsn = new URLSearchParams(location.search).get("dsn");
Sentry.init({ dsn, release: "shop@browser", environment: "production" });
Sentry.setUser({ id: "customer-browser" });
Sentry.captureFeedback({ message: "the browser checkout fails" });
setTimeout(() => {
  window.setTimeout(() => {
    document.title = "done";
  }, 500);
  throw new TypeError("an unhandled error from the browser");
}, 50);

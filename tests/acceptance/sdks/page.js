// A page with the unmodified @sentry/browser: a session when it is opened, and what it is told to do.
import * as Sentry from "@sentry/browser";

const told = new URLSearchParams(location.search);
Sentry.init({ dsn: told.get("dsn"), release: told.get("release"), environment: "production" });
Sentry.setUser({ id: "customer-browser" });
let asked = 0; // the SDK takes the same error twice in a row for one
window.shop = {
  handled: () => Sentry.captureException(new Error(`voucher ${(asked += 1)} is not valid`)),
  feedback: () => Sentry.captureFeedback({ message: "the browser checkout fails" }),
  reject: () => {
    Promise.reject(new TypeError("a rejection that nobody handles"));
  },
  answered: () => Sentry.flush(60_000), // what was sent has its answer, and the SDK has read it
  crash: () => {
    setTimeout(() => {
      throw new TypeError("an unhandled error from the browser");
    });
  },
};

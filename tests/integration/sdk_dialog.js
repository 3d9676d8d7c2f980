// What a page with the unmodified @sentry/browser does to show its dialog.
import * as Sentry from "@sentry/browser";

const asked = new URLSearchParams(location.search);
Sentry.init({ dsn: asked.get("dsn"), defaultIntegrations: false });
Sentry.showReportDialog({
  eventId: asked.get("event"),
  user: { name: "Ada", email: "ada@shop.example" },
  title: "That did not work",
  labelSubmit: "Tell them",
  onClose: () => (document.title = "closed"),
});

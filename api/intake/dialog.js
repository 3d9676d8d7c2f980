// The form that an SDK's showReportDialog shows after an error. All it needs stands in the address of this script.
(() => {
  const address = new URL(document.currentScript.src);
  const text = (name, otherwise) => address.searchParams.get(name) || otherwise;
  const STYLE = `
    dialog { max-width: 30rem; width: calc(100% - 2rem); box-sizing: border-box; padding: 1.5rem; border: 1px solid;
             border-radius: .5rem; font: 1rem/1.5 system-ui, sans-serif; color: CanvasText; background: Canvas; }
    dialog::backdrop { background: rgb(0 0 0 / .5); }
    h2 { margin: 0; font-size: 1.25rem; }
    p { margin: .25rem 0 0; }
    label { display: block; margin-top: 1rem; font-weight: 600; }
    input, textarea { display: block; width: 100%; box-sizing: border-box; padding: .5rem; font: inherit; }
    textarea { min-height: 7rem; }
    .buttons { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.25rem; }
    button { padding: .5rem 1rem; font: inherit; cursor: pointer; }
    :focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }`;

  const make = (name, content, attributes = {}) => {
    const element = document.createElement(name);
    if (content) element.textContent = content;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  const field = (kind, name, label, attributes) => {
    const input = make(kind, "", { id: name, name, ...attributes });
    return { input, parts: [make("label", label, { for: name }), input] };
  };

  const dialog = make("dialog", "", { "aria-labelledby": "title", lang: text("lang", "en") });
  const form = make("form");
  const name = field("input", "name", text("labelName", "Name"), { autocomplete: "name" });
  const email = field("input", "email", text("labelEmail", "Email"), { type: "email", autocomplete: "email" });
  const comments = field("textarea", "comments", text("labelComments", "What happened?"), { required: "" });
  name.input.value = text("name", "");
  email.input.value = text("email", "");
  const told = make("p", "", { role: "status" });
  const send = make("button", text("labelSubmit", "Send report"), { type: "submit" });
  const close = make("button", text("labelClose", "Close"), { type: "button" });
  const buttons = make("div", "", { class: "buttons" });
  buttons.append(send, close);
  form.append(
    make("h2", text("title", "It looks like something went wrong."), { id: "title" }),
    make("p", text("subtitle", "The team has been told.")),
    make("p", text("subtitle2", "If you'd like to help, tell us what happened.")),
    ...name.parts, ...email.parts, ...comments.parts, told, buttons,
  );
  dialog.append(form);

  const host = make("div");
  const shadow = host.attachShadow({ mode: "open" });
  // A sheet that is made here needs no permission of the page's policy for styles.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  shadow.adoptedStyleSheets = [sheet];
  shadow.append(dialog);
  document.body.append(host);

  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    host.remove();
    window.postMessage("__sentry_reportdialog_closed__", "*"); // what the SDK's onClose waits for
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    told.textContent = "";
    const body = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(address, { method: "POST", body });
      if (answer.ok) {
        form.replaceChildren(told, buttons);
        send.remove();
        told.textContent = text("successMessage", "Your report has been sent. Thank you!");
        close.focus();
        return;
      }
      told.textContent = answer.status === 400
        ? text("errorFormEntry", "Some fields were not valid. Please correct them and try again.")
        : text("errorGeneric", "Your report could not be sent. Please try again.");
    } catch {
      told.textContent = text("errorGeneric", "Your report could not be sent. Please try again.");
    }
    send.disabled = false;
  });
  dialog.showModal();
  comments.input.focus();
})();

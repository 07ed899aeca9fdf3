// Short messages. They leave by themselves, except refusals and those under the pointer or the focus.
// The server sends one as a Django message, or with the header HX-Trigger: {"toast": {"text": "…", "tone": "ko"}}.
const LIFE = 6000;

function leaveLater(toast) {
  if (toast.classList.contains("sp-toast--ko")) return;
  const timer = setInterval(() => {
    if (toast.matches(":hover, :focus-within")) return;
    clearInterval(timer);
    toast.remove();
  }, LIFE);
}

export function toast(text, tone = "ok") {
  const region = document.getElementById("toasts");
  if (!region) return;
  const line = document.createElement("div");
  line.className = `sp-toast sp-toast--${tone}`;
  line.append(Object.assign(document.createElement("span"), { textContent: text }));
  line.append(Object.assign(document.createElement("button"), { type: "button", textContent: "Fermer" }));
  line.lastChild.dataset.toastClose = "";
  region.append(line);
  leaveLater(line);
}

export function startToasts() {
  document.querySelectorAll("#toasts [data-toast]").forEach(leaveLater);
  document.addEventListener("click", (event) => {
    event.target.closest("[data-toast-close]")?.closest(".sp-toast").remove();
  });
  document.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail.tone));
  document.addEventListener("htmx:oobAfterSwap", () => {
    document.querySelectorAll("#toasts [data-toast]").forEach(leaveLater);
  });
  document.addEventListener("htmx:sendError", () => {
    toast("Connexion perdue : rien n’a été enregistré. Réessayez.", "ko");
  });
  document.addEventListener("htmx:responseError", (event) => {
    const refused = event.detail.xhr.status === 403;
    toast(refused ? "Vous n’avez pas le droit de faire cela." : "Rien n’a été enregistré. Rechargez la page, puis réessayez.", "ko");
  });
}

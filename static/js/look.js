// Theme and density: applied at once, remembered by the server (a cookie) with the form the page already has.
const ATTRIBUTES = { theme: "data-bs-theme", density: "data-density" };

async function remember(form, button) {
  const body = new FormData(form);
  body.set(button.name, button.value);
  await fetch(form.action, { method: "POST", body, redirect: "manual" });
}

export function startLook() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    const attribute = ATTRIBUTES[form.dataset?.look];
    if (!attribute || !button) return;
    event.preventDefault();
    document.documentElement.setAttribute(attribute, button.value);
    for (const other of form.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
    remember(form, button);
  });
}

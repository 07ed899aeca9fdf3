// <a data-dialog href="…" hx-get="…" hx-target="#dialog-body">: the page opens in the dialog; without script, as a page.
// <button data-opens="id">: opens a <dialog> of the page. The server closes with HX-Trigger: dialog-close.
let opener = null;

function show(dialog) {
  opener = document.activeElement;
  dialog.showModal();
  dialog.querySelector("[autofocus], [data-focus], input:not([type=hidden]), select, textarea")?.focus();
}

export function startDialogs() {
  const shared = document.getElementById("dialog");
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "dialog-body" || !shared || shared.open) return;
    show(shared);
  });
  document.addEventListener("dialog-close", () => shared?.close());
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-opens]");
    if (button) {
      const dialog = document.getElementById(button.dataset.opens);
      if (dialog) {
        event.preventDefault();
        show(dialog);
      }
    }
    if (event.target.closest("[data-close]")) {
      const dialog = event.target.closest("dialog");
      if (dialog) {
        event.preventDefault();
        dialog.close();
      }
    }
    if (event.target instanceof HTMLDialogElement && event.target.open) event.target.close(); // a click on the backdrop
  });
  document.addEventListener("close", (event) => {
    if (!(event.target instanceof HTMLDialogElement)) return;
    if (event.target === shared) document.getElementById("dialog-body").replaceChildren();
    if (opener?.isConnected) opener.focus();
    else if (event.target.contains(document.activeElement)) document.activeElement.blur();
    opener = null;
  }, true);
  document.querySelector("[data-focus]")?.focus();
}
